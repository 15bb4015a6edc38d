import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { started } from "../../golden/callers/gdb-bench.ts";
import { GDB_CALLERS, type GdbCallerSession, type GdbCommand } from "../../golden/callers/gdb-callers.ts";
import { tcpClient } from "../../support/sockets.ts";
import { describeWith } from "../judges.ts";
import { compile } from "./compile.ts";
import { MiGdb } from "./mi.ts";

const REPLAYED = GDB_CALLERS.flatMap(({ session, ...caller }) => (session ? [{ ...caller, session }] : []));

/** The options that name ports. */
const PORTS = ["-port", "-swoport", "-telnetport", "-rtttelnetport"] as const;

describeWith("gdb-multiarch", "arm-none-eabi-gcc")("the stand-in for J-Link's GDB server, called as", () => {
  let folder: string;
  let elf: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-callers-"));
    elf = compile("debuggee", folder);
    writeFileSync(join(folder, "image.bin"), Buffer.alloc(0x1800, 0x5a));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(REPLAYED)(
    "$name does, is ready in its time, does what its GDB asks for, and ends",
    async ({ args, session }) => {
      const ports = await freePorts();
      const server = await started(withPorts(args.split(" "), ports));
      const gdb = new MiGdb();
      try {
        await ready(server, session);
        const terminal = session.opensTerminal ? await tcpClient(ports["-telnetport"]) : undefined;
        for (const command of session.commands) {
          const send = command.send
            .replace("ELF", elf)
            .replace("BIN", join(folder, "image.bin"))
            .replace("PORT", `${ports["-port"]}`);
          await replay(gdb, { ...command, send });
        }
        terminal?.end();
        if (session.end === "by a signal") server.stop();
        expect(await server.exit).toBe(0);
        for (const words of session.failures ?? []) expect(gdb.text + server.out() + server.err()).not.toMatch(words);
        // What was loaded or restored stands in flash.
        expect(server.err()).toContain("verify: equal");
      } finally {
        gdb.kill();
        server.stop();
        await server.exit;
      }
    },
  );
});

/** Waits as the caller does for the server's ready pattern; one that waits for none has its GDB connect at once. */
async function ready(server: Awaited<ReturnType<typeof started>>, { ready: awaited }: GdbCallerSession): Promise<void> {
  if (!awaited) return;
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready within ${awaited.ms} ms: ${server.out()}`)), awaited.ms);
    timer.unref();
  });
  expect(await Promise.race([server.until(awaited.pattern), late])).not.toBeNull();
}

/** Sends one command; at the caller's limit it fails, or the replay goes on as the caller does. */
async function replay(gdb: MiGdb, { send, stops, ms, late }: GdbCommand): Promise<void> {
  try {
    const { result, text } = await gdb.send(send, { ...(stops && { stops }), ...(ms !== undefined && { ms }) });
    expect(result, `${send}: ${text}`).toMatch(send === "-gdb-exit" ? /^exit$/ : /^(?:done|running|connected)$/);
    expect(text, send).not.toMatch(/there is no command/i);
  } catch (error) {
    if (late !== "goes on" || !/has not answered within/.test((error as Error).message)) throw error;
  }
}

/** The caller's arguments with ports that are free on this machine; those that it leaves out are given, too. */
function withPorts(args: readonly string[], ports: Ports): readonly string[] {
  const own = args.map((word, i) => {
    const option = PORTS.find((each) => each === args[i - 1]);
    return option === undefined ? word : `${ports[option]}`;
  });
  const others = PORTS.filter((option) => !args.includes(option)).flatMap((option) => [option, `${ports[option]}`]);
  // The simulated board has a probe of its own.
  return [...own, ...others];
}

type Ports = Record<(typeof PORTS)[number], number>;

/** A free port for each option. */
async function freePorts(): Promise<Ports> {
  const held = await Promise.all(
    PORTS.map(async (option) => {
      const server = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => void server.once("listening", resolve));
      return { option, server, port: (server.address() as AddressInfo).port };
    }),
  );
  await Promise.all(held.map(({ server }) => new Promise((resolve) => void server.close(resolve))));
  return Object.fromEntries(held.map(({ option, port }) => [option, port])) as Ports;
}
