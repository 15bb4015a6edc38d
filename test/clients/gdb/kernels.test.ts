import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FREERTOS } from "../../../src/gdb/rtos/freertos.ts";
import { layoutsIn } from "../../../src/gdb/rtos/kernels.ts";
import { MYNEWT } from "../../../src/gdb/rtos/mynewt.ts";
import { NUTTX } from "../../../src/gdb/rtos/nuttx.ts";
import { RTX5 } from "../../../src/gdb/rtos/rtx5.ts";
import { THREADX } from "../../../src/gdb/rtos/threadx.ts";
import { ZEPHYR } from "../../../src/gdb/rtos/zephyr.ts";
import { readElf } from "../../../src/image/elf.ts";
import { board } from "../../support/board.ts";
import { describeWith } from "../judges.ts";
import { compileKernel } from "./compile.ts";
import { runGdb } from "./debug-session.ts";
import { served } from "./served.ts";

/** Each kernel with the state that the two tasks have that don't run, as `info threads` shows them. */
const KERNELS = [
  ["freertos", FREERTOS, "ready; priority 1", "blocked; priority 2"],
  ["zephyr", ZEPHYR, "state 0x02; priority 0", "state 0x02; priority 1"],
  ["threadx", THREADX, "ready; priority 1", "sleeping; priority 2"],
  ["rtx5", RTX5, "ready; priority 8", "blocked; priority 16"],
  ["nuttx", NUTTX, "state 2; priority 101; pid 1", "state 5; priority 102; pid 2"],
  ["mynewt", MYNEWT, "ready; priority 11", "sleeping; priority 12"],
] as const;

/** Builds whose structures are laid out otherwise, and what is noted of the offsets in the ELF file. */
const OTHERS = [
  [
    "freertos",
    FREERTOS,
    ["MPU"],
    /offsets in tskTaskControlBlock are those of the ELF file: uxPriority 0x50 \(usual: 0x2C\)/,
  ],
  [
    "freertos",
    FREERTOS,
    ["INTEGRITY"],
    /offsets in xLIST are those of the ELF file: uxNumberOfItems 0x4 \(usual: 0x0\)/,
  ],
  ["freertos", FREERTOS, ["TICKS64"], /offsets in xLIST_ITEM are those of the ELF file: pxNext 0x8 \(usual: 0x4\)/],
  ["freertos", FREERTOS, ["WHOLE_END"], /^$/],
  [
    "threadx",
    THREADX,
    ["EXTENSION"],
    /offsets in TX_THREAD_STRUCT are those of the ELF file: tx_thread_name 0x30 \(usual: 0x28\)/,
  ],
  ["nuttx", NUTTX, ["STACK_INFO"], /^$/],
] as const;

describeWith("gdb-multiarch", "arm-none-eabi-gcc")("threads of kernels, compiled with debug information", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-kernels-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const layoutsOf = (elf: string) => layoutsIn(readElf(new Uint8Array(readFileSync(elf))));

  /** Has GDB stop in an interrupt of the first task, and answers what it shows of all. */
  async function threadsOf(elf: string, knowsElf: boolean) {
    const opening = ["set pagination off", "set confirm off", "set width 0", `file ${elf}`];
    const show = ["show osabi", "info threads", "thread apply all backtrace"];
    const ran = await served(
      board({ flash: "zero" }),
      (port) =>
        runGdb(folder, [
          ...[...opening, `target extended-remote 127.0.0.1:${port}`, "monitor reset", "load", "tbreak in_handler"],
          ...["continue", ...show],
        ]),
      knowsElf ? { layouts: layoutsOf(elf) } : {},
    );
    return { output: ran.result, console: ran.console.join("\n") };
  }

  function expectThreads(output: string): void {
    const traces = output.slice(output.indexOf("\nThread 3 (")).split(/^Thread /m);
    const of = (name: string) => traces.find((trace) => trace.includes(name)) ?? "";
    expect(of("worker_waits"), output).toMatch(/#1 .*worker_waits \(by=[\s\S]*#2 .*worker \(\)/);
    expect(of("waiter_waits"), output).toMatch(/#1 .*waiter_waits \(\)[\s\S]*#2 .*waiter \(\)/);
    const way = ["in_handler ()", "svc ()", "<signal handler called>", "main_calls ()", "main_task ()"];
    const frames = of("in_handler ()").match(/^#\d.*$/gm) ?? [];
    way.forEach((name, i) => void expect(frames[i] ?? "", output).toContain(name));
  }

  it.each(KERNELS)("are listed and unwound out of an interrupt: %s", async (name, kernel, worker, waiter) => {
    const elf = compileKernel(name, folder);
    expect(layoutsOf(elf).notes(kernel.structures)).toEqual([]);
    const { output, console } = await threadsOf(elf, false);
    expect(output).toMatch(/\* 1 .*"main" \(running, in the handler of exception 11\)/);
    expect(output).toContain(`"worker" (${worker})`);
    expect(output).toContain(`"waiter" (${waiter})`);
    expectThreads(output);
    expect(output).toContain('(currently "none")');
    expect(console).not.toMatch(/offsets|broken|can't/);
  });

  describe("whose structures are laid out otherwise", () => {
    it.each(OTHERS)("are listed by the ELF file's offsets: %s", async (name, kernel, definitions, words) => {
      const elf = compileKernel(name, folder, definitions);
      expect(layoutsOf(elf).notes(kernel.structures).join("; ")).toMatch(words);
      const { output, console } = await threadsOf(elf, true);
      for (const task of ["main", "worker", "waiter"]) expect(output).toContain(`"${task}"`);
      expectThreads(output);
      expect(console).not.toMatch(/broken|can't|in the lists/);
    });
  });
});
