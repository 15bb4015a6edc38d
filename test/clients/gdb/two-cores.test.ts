import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findChip } from "../../../src/chips/list.ts";
import { serveCores } from "../../../src/cli/serving/gdb-cores.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, onTarget } from "../../support/board.ts";
import { describeWith } from "../judges.ts";
import { compileFor } from "./any-chip.ts";
import { runGdb } from "./debug-session.ts";
import { opening } from "./scripts.ts";

/** What clients do at the ports of both cores; answers the lines of the console. */
async function withCores(
  work: (ports: readonly number[], session: Session) => Promise<void>,
): Promise<readonly string[]> {
  const lines: string[] = [];
  await onTarget(board({ chip: "RP2040", flash: "zero" }), async (session) => {
    const print = (line: string) => void lines.push(line);
    const host = {
      print,
      explain: (error: unknown) => [(error as Error).message],
      rest: async (us: number) => {
        await session.clock.sleep(us);
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const how = { port: 0, policy: "refuse", permits: [], onClose: "run", onClient: () => {} } as const;
    const servers = await serveCores(session, host, { ...how, cores: "all", note: print });
    try {
      expect(servers.ports.map(({ core }) => core)).toEqual(["core0", "core1"]);
      await work(
        servers.ports.map(({ port }) => port),
        session,
      );
    } finally {
      await servers.close();
    }
  });
  return lines;
}

describeWith("gdb-multiarch", "arm-none-eabi-gcc")("GDB at the ports of both cores of an RP2040", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-two-cores-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("has the second core in its ROM until the first one has started it, then stops, steps and watches it while the first one runs on", async () => {
    const elf = compileFor(findChip("RP2040"), folder, "two-cores");
    const lines = await withCores(async ([first, second], { core, clock }) => {
      const refused = [...opening(elf, second), "print/x $pc < 0x4000", "load"];
      const waiting = await runGdb(folder, refused).catch(({ message }: Error) => message);
      expect(waiting).toContain("Error erasing flash");
      expect(waiting).toContain("$1 = 0x1");
      const started = ["load", "monitor reset", "break count_first", "continue", "delete", "detach"];
      const ran = await runGdb(folder, [...opening(elf, first), ...started]);
      expect(ran).toMatch(/Breakpoint 1, count_first \(\)/);
      const debugged = await runGdb(folder, [
        ...opening(elf, second),
        ...["break count_second", "continue", "backtrace", "delete", "stepi", "finish", "next"],
        ...["watch second", "continue", "delete", "print first > 0", "info threads"],
        "detach",
      ]);
      expect(debugged).toMatch(/Breakpoint 1, count_second \(\)[\s\S]*#1 .* in second_main \(\)/);
      expect(debugged).toMatch(/Hardware watchpoint 2: second\s+Old value = \d+\s+New value = \d+/);
      expect(await core.state()).toBe("running");
      const counters = async () =>
        Promise.all(
          ["first", "second"].map(async (name) => {
            const [, address] = new RegExp(`&${name} = (0x[0-9a-f]+)`).exec(places) ?? [];
            return Buffer.from(await core.memory.read(Number(address), 4, 32)).readUInt32LE();
          }),
        );
      const places = await runGdb(folder, [
        `file ${elf}`,
        ...["first", "second"].map((name) => `printf "&${name} = %p\\n", &${name}`),
      ]);
      const [one, two] = await counters();
      await clock.sleep(1000);
      const [oneAfter, twoAfter] = await counters();
      expect(oneAfter > one && twoAfter > two, `${one} ${oneAfter} ${two} ${twoAfter}`).toBe(true);
    });
    expect(lines.join("\n")).toContain("core1 stands in the chip's ROM");
    expect(lines.join("\n")).toContain("core1 programs no flash: load by the port of core0");
  });
});
