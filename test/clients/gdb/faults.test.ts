import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../judges.ts";
import { compile } from "./compile.ts";
import { runGdb } from "./debug-session.ts";
import { board } from "../../support/board.ts";
import { served } from "./served.ts";

/** What each function of `faulting.c` does, in its order: the registers' words, the likely cause, and its place. */
const FAULTS: readonly (readonly [name: string, words: RegExp, cause: RegExp, place?: RegExp])[] = [
  ["fault_load", /bus error of a load or store at address 0x30000000/, /pointer that was never set/],
  ["fault_store", /bus error of a load or store at address 0x30000004/, /pointer that was never set/],
  ["fault_undefined", /an undefined instruction/, /__builtin_trap/],
  ["fault_unaligned", /an unaligned access/, /pointer cast to a wider type/],
  ["fault_division", /a division by zero/, /a divisor that is 0/],
  ["fault_even_address", /jump to an even address/, /function pointer without its lowest bit/, /the jump went to 0x/],
  [
    "fault_stack",
    /bus error on the stack, at an exception's entry/,
    /SP was never set: it points outside of RAM/,
    /main stack/,
  ],
  [
    "fault_peripheral_code",
    /code in a region that must not execute/,
    /wrong function pointer/,
    /the jump went to 0x40048000/,
  ],
  ["fault_no_code", /code fetched from where there is none/, /wrong function pointer/, /the jump went to 0x30000000/],
  ["fault_float", /the FPU before CPACR enables it/, /CPACR \(0xE000ED88\) enables it/],
  ["fault_return", /an invalid return from an exception/, /no EXC_RETURN/, /the return used a wrong EXC_RETURN/],
];

describeWith("gdb-multiarch", "arm-none-eabi-gcc")("firmware that faults", () => {
  let folder: string;
  let output: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-faults-"));
    const elf = compile("faulting", folder);
    const each = FAULTS.flatMap((_, how) => [
      ...["monitor reset", "tbreak begin", "continue", `set var how = ${how}`, `echo FAULT ${how}\\n`, "continue"],
      ...["info symbol $pc", "monitor why"],
    ]);
    const opening = ["set pagination off", "set confirm off", `file ${elf}`];
    const ran = await served(board({ flash: "zero" }), (port) =>
      runGdb(folder, [...opening, `target extended-remote 127.0.0.1:${port}`, "monitor reset", "load", ...each]),
    );
    output = ran.result;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(FAULTS.map((fault, how) => [fault[0], how, fault] as const))(
    "is named by %s: what, where and the likely cause, at the stop and by monitor why",
    (_, how, [
      ,
      words,
      cause,
      place = /the instruction was at 0x0000[0-9A-F]{4}: the frame is at 0x2002F[0-9A-F]{3}/,
    ]) => {
      // GDB prints the server's lines on its stderr, which follows its stdout here.
      const [, stop = ""] = output.split(`FAULT ${how}\n`);
      expect(stop, output).toMatch(/^\s*Program received signal SIGSEGV[\s\S]*?hard_fault in section \.text/);
      const lines = output.split(/^the target was reset and halted.*\n/m)[how + 2];
      expect(lines.match(new RegExp(words.source, "g"))).toHaveLength(2);
      expect(lines).toMatch(place);
      expect(lines).toMatch(new RegExp(`^likely cause: .*${cause.source}`, "m"));
    },
  );
});
