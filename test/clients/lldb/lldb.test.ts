import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { board } from "../../support/board.ts";
import { compile } from "../gdb/compile.ts";
import { served } from "../gdb/served.ts";
import { describeWith } from "../judges.ts";

const PATIENCE_MS = 100_000;

describeWith("lldb-14", "arm-none-eabi-gcc")("LLDB on our own server", () => {
  let folder: string;
  let elf: string;
  let output: string;
  let console: readonly string[];
  let after: { readonly state: string; readonly left: readonly number[] };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-lldb-"));
    elf = compile("debuggee", folder);
    ({
      console,
      result: { output, after },
    } = await served(board({ flash: "zero" }), async (port, session) => {
      const printed = await lldb(folder, elf, [`gdb-remote 127.0.0.1:${port}`, ...COMMANDS]);
      const { memory } = session.core;
      // FP_COMP0 to 5, and DEMCR.
      const left = [...(await memory.read(0xe0002008, 24, 32)), ...(await memory.read(0xe000edfc, 1, 8))];
      return { output: printed, after: { state: await session.core.state(), left } };
    }));
  }, PATIENCE_MS);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("loads a file into flash as one job, which is verified", () => {
    // On the blank chip SP is 0xFFFFFFFC, and LLDB looks at the stack.
    expect(output.match(/^error: .*/gm) ?? []).toEqual(["error: memory read failed for 0xfffffe00"]);
    expect(console.join("\n")).toMatch(/load: 1 sectors erased, \d+ bytes programmed in \d+ ms, verify: equal/);
  });

  it("runs to a breakpoint in flash and unwinds from there", () => {
    expect(output).toMatch(/stop reason = breakpoint 1\.1\s+frame #0: 0x[0-9a-f]+ debuggee\.elf`count\(by=0\)/);
    expect(output).toMatch(/\* frame #0: .*`count\(by=0\)[^\n]*\n\s+frame #1: .*`main at debuggee\.c/);
  });

  it("stops at a watchpoint with the old and the new value", () => {
    expect(output).toMatch(/Watchpoint 1 hit:\s+old value: 0\s+new value: 1\s/);
    expect(output).toContain("stop reason = watchpoint 1");
  });

  it("steps an instruction, over a call and out of a function", () => {
    for (const reason of ["instruction step into", "step over", "step out"])
      expect(output).toContain(`stop reason = ${reason}`);
    expect(output).toMatch(/Return value: \(u32\) \$\d = 20\b/);
  });

  it("reads and writes registers, the floats too, and memory", () => {
    expect(output).toMatch(/r7 = 0x12345678/);
    expect(output).toMatch(/xpsr = 0x[0-9a-f]{8}/);
    expect(output).toMatch(/fpscr = 0x[0-9a-f]{8}/);
    expect(output).toMatch(/0x20001000: 0x87654321/);
    expect(output).toMatch(/\(volatile u32\) \$\d+ = 10\b/);
  });

  it("lets the core run at its detach, with breakpoints and vector catches gone", () => {
    expect(output).toContain("Process 1 detached");
    expect(after).toEqual({ state: "running", left: Array(25).fill(0) });
  });
});

/** The steps of a session, from a file's load to the detach. */
const COMMANDS: readonly string[] = [
  "target modules load --file debuggee.elf --load --set-pc-to-entry --slide 0",
  "process plugin packet monitor reset",
  ...["breakpoint set --name count", "continue", "bt", "breakpoint delete 1"],
  ...["watchpoint set variable counter", "continue", "continue", "watchpoint delete 1"],
  ...["thread step-inst", "thread step-over"],
  ...["breakpoint set --name twice", "continue", "thread step-out", "breakpoint delete 2"],
  ...["register write r7 0x12345678", "register read r7", "register read xpsr fpscr pc"],
  ...["memory write --size 4 0x20001000 0x87654321", "memory read --size 4 --count 1 --format x 0x20001000"],
  ...["expression counter", "breakpoint set --name deepest", "process detach", "quit"],
];

/** Runs LLDB in batch mode; answers what it printed. */
function lldb(folder: string, elf: string, commands: readonly string[]): Promise<string> {
  const script = join(folder, "script.lldb");
  writeFileSync(script, `${commands.join("\n")}\n`);
  const args = ["--no-lldbinit", "-b", elf, "-s", script];
  return new Promise((resolve, reject) => {
    execFile("lldb-14", args, { cwd: folder, timeout: PATIENCE_MS - 20_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(stdout + stderr, { cause: error }));
      else resolve(`${stdout}\n${stderr}`);
    });
  });
}
