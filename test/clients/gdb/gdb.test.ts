import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeApart } from "../judges.ts";
import { type Bench, BOARD, openBench } from "../openocd/bench.ts";
import { asText, flashedWith } from "../boards.ts";
import { compile } from "./compile.ts";
import { opening, stepping, traceIn } from "./scripts.ts";
import { expectDebugSession, debuggeeCommands } from "./debug-session.ts";

const OPENOCD_PORT = 3333;
const QEMU_PORT = 1234;
const STEPS = 1000;

describeApart(
  "gdb-multiarch",
  "qemu-system-arm",
  "arm-none-eabi-gcc",
)("GDB on the twin, through OpenOCD", () => {
  let bench: Bench;
  let folder: string;

  beforeAll(async () => {
    bench = await openBench();
    folder = mkdtempSync(join(tmpdir(), "flashproof-gdb-"));
    await bench.ask("board", BOARD, asText(await flashedWith("bootloader-open.raw.bin")));
    await bench.startOpenocd();
  });
  afterAll(async () => {
    await bench?.ask("stop");
    await bench?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  /** Runs a script of GDB commands; answers what it printed. */
  async function gdb(commands: readonly string[]): Promise<string> {
    const script = join(folder, "script.gdb");
    writeFileSync(script, `${commands.join("\n")}\n`);
    const { code, output } = await bench.ask("run", "gdb-multiarch", ["-nx", "-batch", "-x", script], 60_000);
    expect(code, output).toBe(0);
    return output;
  }

  it("loads into flash, stops at breakpoints in flash and RAM and at a watchpoint, reads floats, and unwinds a HardFault", async () => {
    const output = await gdb(debuggeeCommands(compile("debuggee", folder), OPENOCD_PORT, ["monitor reset init"]));
    expectDebugSession(output);
    expect(output).toMatch(/Hardware watchpoint 3: third\s+Old value = 0\s+New value = 6\.66666651/);
  });

  it(`takes the same ${STEPS} single steps as QEMU`, async () => {
    const elf = compile("steps", folder);
    const twin = await gdb([...opening(elf, OPENOCD_PORT), "monitor reset init", ...stepping(STEPS, "xPSR")]);
    const quiet = ["-display", "none", "-serial", "none", "-monitor", "none"];
    const qemu = ["-M", "mps2-an386", ...quiet, "-S", "-gdb", `tcp:127.0.0.1:${QEMU_PORT}`, "-kernel", elf];
    await bench.ask("aside", "qemu-system-arm", qemu, QEMU_PORT);
    const judge = traceIn(await gdb([...opening(elf, QEMU_PORT), ...stepping(STEPS, "xpsr"), "kill"]));
    const ours = traceIn(twin);
    expect(judge.steps).toHaveLength(STEPS);
    expect(ours.steps).toEqual(judge.steps);
    expect(judge.floats).toHaveLength(5);
    expect(ours.floats).toEqual(judge.floats);
  });
});
