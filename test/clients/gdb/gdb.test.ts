import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeApart } from "../judges.ts";
import { type Bench, BOARD, openBench } from "../openocd/bench.ts";
import { flashedWith } from "../openocd/boards.ts";
import { compile } from "./compile.ts";
import { opening, stepping, traceIn } from "./scripts.ts";

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
    await bench.ask("board", BOARD, await flashedWith("bootloader-open.raw.bin"));
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

  it("loads into flash, stops in flash and RAM and at a change, sees floats, and tells a HardFault's way", async () => {
    const output = await gdb([
      ...opening(compile("debuggee", folder), OPENOCD_PORT),
      "monitor reset init",
      "load",
      "compare-sections",
      "monitor reset init",
      ...["break count", "continue", "backtrace", "delete"],
      ...["tbreak twice", "continue", "finish"],
      ...["watch third", "continue", "info registers s14 s15", "delete"],
      ...["tbreak hard_fault", "continue", "backtrace"],
    ]);
    expect(output.match(/: matched\./g)).toHaveLength(4);
    expect(output).toMatch(/Breakpoint 1, count \(by=by@entry=0\)[\s\S]*#1 .* main \(\)/);
    expect(output).toMatch(/Temporary breakpoint 2, twice \(value=10\)[\s\S]*Value returned is \$1 = 20/);
    expect(output).toMatch(/Hardware watchpoint 3: third\s+Old value = 0\s+New value = 6\.66666651/);
    expect(output).toMatch(/s14\s+6\.66666651\s+\(raw 0x40d55555\)/);
    const way = ["hard_fault ()", "<signal handler called>", "deepest ()", "deeper ()", "deep ()", "main ()"];
    const frames = output.slice(output.lastIndexOf("#0 ")).match(/^#\d.*$/gm) ?? [];
    expect(frames).toHaveLength(way.length);
    way.forEach((name, i) => void expect(frames[i]).toContain(name));
  });

  it(`goes the same ${STEPS} single steps as QEMU`, async () => {
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
