import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Session } from "../../../src/session/session.ts";
import { board } from "../../support/board.ts";
import { SOAKED_PROBES } from "../../support/probes.ts";
import { describeWith } from "../judges.ts";
import { compile } from "./compile.ts";
import { debuggeeCommands, expectDebugSession, runGdb } from "./debug-session.ts";
import { served as servedBoard } from "./served.ts";

/** One run against a board of its own: what GDB printed, what stood on the server's console, and the session after it. */
interface Ran {
  readonly output: string;
  readonly console: readonly string[];
}

describeWith("gdb-multiarch", "arm-none-eabi-gcc")("GDB on our own server", () => {
  let folder: string;
  let elf: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-gdbserver-"));
    elf = compile("debuggee", folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const served = <T>(
    client: (port: number, session: Session) => Promise<T>,
    probe: (typeof SOAKED_PROBES)[number] = "jlink",
  ) => servedBoard(board({ flash: "zero", probe }), client);

  const debug = async (
    commands: (port: number) => readonly string[],
    probe?: (typeof SOAKED_PROBES)[number],
  ): Promise<Ran> => {
    const { result, console } = await served((port) => runGdb(folder, commands(port)), probe);
    return { output: result, console };
  };

  const opening = (port: number, file = elf): readonly string[] => [
    "set pagination off",
    "set confirm off",
    `file ${file}`,
    `target extended-remote 127.0.0.1:${port}`,
    "monitor reset",
    "load",
  ];

  it.each(SOAKED_PROBES)(
    "loads, stops in every way, reads floats and unwinds a HardFault through %s",
    async (probe) => {
      const { output, console } = await debug((port) => debuggeeCommands(elf, port, ["monitor reset"]), probe);
      expectDebugSession(output);
      expect(output).toMatch(/Hardware watchpoint 3: third\s+Old value = 0\s+New value = 6\.66666651/);
      expect(console.join("\n")).toMatch(/verify: equal/);
    },
  );

  it("names a fault, where it happened and on which stack, at the stop and by monitor why", async () => {
    const { output } = await debug((port) => [...opening(port), "continue", "monitor why"]);
    expect(output).toContain("received signal SIGSEGV");
    expect(
      output.match(/the core stopped in HardFault: .*a bus error of a load or store at address 0x30000000/g),
    ).toHaveLength(2);
    expect(output).toMatch(/the instruction was at 0x0000047[0-9A-F]: the frame is at 0x2002FF80 on the main stack/);
  });

  it("sets 6 of 20 breakpoints in flash and reports that the comparators are taken", async () => {
    const breaks = Array.from({ length: 20 }, (_, i) => `hbreak *${0x412 + 2 * i}`);
    const ran = await served((port) =>
      runGdb(folder, [...opening(port), ...breaks, "continue"]).catch((error: Error) => error.message),
    );
    expect(ran.result).toMatch(/Could not insert hardware breakpoints/);
    expect(ran.console.join("\n")).toMatch(/all 6 comparators are taken, and breakpoints in flash are off/);
  });

  it("steps over a call with next, reports a watchpoint while stepping, and calls a function of the target", async () => {
    const { output } = await debug((port) => [
      ...opening(port),
      ...["break main", "continue", "next", "next"],
      ...["watch counter", "next", "next", "next", "next", "delete"],
      ...["tbreak twice", "continue", "finish", "print twice(21)", "print counter"],
    ]);
    expect(output).toMatch(/Hardware watchpoint 2: counter\s+Old value = \d\s+New value = \d/);
    expect(output).toContain("Value returned is $1 = 20");
    expect(output).toContain("$2 = 42");
    expect(output).toContain("$3 = 10");
  });

  it("compares registers that share CFBP: primask is set, and control stays", async () => {
    const { output } = await debug((port) => [
      ...opening(port),
      "set $primask=1",
      'printf "%d %d\\n", $primask, $control',
    ]);
    expect(output).toMatch(/^1 0$/m);
  });

  it("refuses an image that would lock the chip, on the console in full and in GDB in a line", async () => {
    const locking = join(folder, "locking.elf");
    const field = join(folder, "fcf.bin");
    writeFileSync(field, Uint8Array.from([...new Array<number>(12).fill(0xff), 0x7b, 0xff, 0xff, 0xff]));
    execFileSync("arm-none-eabi-objcopy", ["--update-section", `.fcf=${field}`, elf, locking]);
    const ran = await served(async (port, session) => {
      const output = await runGdb(folder, [...opening(port, locking), "monitor why"]).catch(
        (error: Error) => error.message,
      );
      // GDB has let a blank chip go, which resets over and over from then on.
      await session.halt();
      return { output, field: await session.core.memory.read(0x40c, 4, 32) };
    });
    expect(ran.result.output).toContain("Error finishing flash operation");
    expect([...ran.result.field]).not.toContain(0x7b);
    expect(ran.console.join("\n")).toMatch(/code: consent-missing/);
  });

  it("stops a running target at Ctrl-C", async () => {
    const { result } = await served(
      (port) =>
        new Promise<string>((resolve, reject) => {
          const script = join(folder, "interrupt.gdb");
          // Into the endless loop of the fault's handler, by which time the watchdog is off.
          writeFileSync(script, `${[...opening(port), "continue", "continue"].join("\n")}\n`);
          const gdb = execFile(
            "gdb-multiarch",
            ["-nx", "-x", script, "-ex", "print/x $pc", "-ex", "quit"],
            { timeout: 50_000 },
            (error, stdout, stderr) => {
              if (error && !stdout.includes("SIGINT")) reject(new Error(stdout + stderr, { cause: error }));
              else resolve(stdout + stderr);
            },
          );
          gdb.stdout?.on("data", (text: string) => {
            if (text.includes("SIGSEGV")) setTimeout(() => gdb.kill("SIGINT"), 500);
          });
        }),
    );
    expect(result).toContain("received signal SIGINT");
  });

  it("reports that the target was reset while it ran, with the cause", async () => {
    // `b .` with the watchdog on: it bites, the firmware starts anew, and ends in its HardFault.
    const { output } = await debug((port) => [...opening(port), "set $pc = hard_fault", "continue"]);
    expect(output).toMatch(/the target was reset: .*watchdog/i);
    expect(output).toContain("received signal SIGSEGV");
  });

  it("drops HTTP and lets the next client in", async () => {
    const { result } = await served(async (port) => {
      const answer = await new Promise<string>((resolve) => {
        let text = "";
        const socket = connectSocket(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\n\r\n"));
        socket
          .on("data", (data) => (text += data.toString()))
          .on("close", () => resolve(text))
          .on("error", () => {});
      });
      return answer + (await runGdb(folder, [`target remote 127.0.0.1:${port}`, "print/x $xpsr"]));
    });
    expect(result).toMatch(/\$1 = 0x/);
  });
});
