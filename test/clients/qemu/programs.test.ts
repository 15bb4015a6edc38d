import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasJudge, requiredJudges } from "../../../tools/judges.mjs";
import { PROGRAMS, printedByQemu, printedByTwin, withProgram } from "./run-program.ts";

const runnable = (name: string): boolean => hasJudge(name) || requiredJudges().includes(name);

/** What QEMU 7.2 printed; kept so that the twin is judged where QEMU is not. */
const expected = (name: string): string => readFileSync(new URL(`programs/${name}.txt`, import.meta.url), "utf8");

describe.skipIf(!runnable("arm-none-eabi-gcc"))("program compiled by gcc", () => {
  it.each(PROGRAMS)("%s prints on the twin what it printed in QEMU", (name) => {
    expect(withProgram(name, printedByTwin)).toBe(expected(name));
  });

  it.skipIf(!runnable("qemu-system-arm")).each(PROGRAMS)("%s still prints the same in QEMU", (name) => {
    expect(withProgram(name, printedByQemu)).toBe(expected(name));
  });
});
