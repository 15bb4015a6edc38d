import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { opening } from "./scripts.ts";

/** What a debugger does with `debuggee`: loads it, stops in it in every way, and asks how it came to its HardFault. */
export const debuggeeCommands = (elf: string, port: number, reset: readonly string[]): readonly string[] => [
  ...opening(elf, port),
  ...reset,
  "load",
  "compare-sections",
  ...reset,
  ...["break count", "continue", "backtrace", "delete"],
  ...["tbreak twice", "continue", "finish"],
  ...["watch third", "continue", "print third", "info registers s14 s15", "delete"],
  ...["tbreak hard_fault", "continue", "backtrace"],
];

/** Expects what GDB then prints, whichever server it talks to; not all of them say that it was a watchpoint. */
export function expectDebugSession(output: string): void {
  expect(output.match(/: matched\./g), output).toHaveLength(4);
  expect(output).toMatch(/Breakpoint 1, count \(by=by@entry=0\)[\s\S]*#1 .* main \(\)/);
  expect(output).toMatch(/Temporary breakpoint 2, twice \(value=10\)[\s\S]*Value returned is \$1 = 20/);
  expect(output).toMatch(/Hardware watchpoint 3: third[\s\S]*\$2 = 6\.66666651/);
  expect(output).toMatch(/s14\s+6\.66666651\s+\(raw 0x40d55555\)/);
  const way = ["hard_fault ()", "<signal handler called>", "deepest ()", "deeper ()", "deep ()", "main ()"];
  const frames = output.slice(output.lastIndexOf("#0 ")).match(/^#\d.*$/gm) ?? [];
  expect(frames).toHaveLength(way.length);
  way.forEach((name, i) => void expect(frames[i]).toContain(name));
}

/** Runs a script of GDB commands from a file in `folder`; answers what it printed, and fails where GDB does. */
export async function runGdb(folder: string, commands: readonly string[]): Promise<string> {
  const script = join(folder, "script.gdb");
  writeFileSync(script, `${commands.join("\n")}\n`);
  return new Promise((resolve, reject) => {
    execFile("gdb-multiarch", ["-nx", "-batch", "-x", script], { timeout: 50_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(stdout + stderr, { cause: error }));
      else resolve(stdout + stderr);
    });
  });
}
