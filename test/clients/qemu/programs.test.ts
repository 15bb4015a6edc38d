import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasJudge, requiredJudges } from "../../../tools/judges.mjs";
import { BOARDS } from "./boards.ts";
import { ON_OTHERS, PROGRAMS, printedByQemu, printedByTwin, withProgram } from "./run-program.ts";

const runnable = (name: string): boolean => hasJudge(name) || requiredJudges().includes(name);

/** What QEMU 7.2 printed; kept so that the twin is judged where QEMU is not. */
const expected = (name: string): string => readFileSync(new URL(`programs/${name}.txt`, import.meta.url), "utf8");

describe.skipIf(!runnable("arm-none-eabi-gcc"))("program compiled by gcc", () => {
  it.each(PROGRAMS)("%s prints on the twin what it printed in QEMU", (name) => {
    expect(withProgram(BOARDS.M4F, name, printedByTwin)).toBe(expected(name));
  });

  it.skipIf(!runnable("qemu-system-arm")).each(PROGRAMS)("%s still prints the same in QEMU", (name) => {
    expect(withProgram(BOARDS.M4F, name, printedByQemu)).toBe(expected(name));
  });

  it.skipIf(!runnable("qemu-system-arm")).each(ON_OTHERS)(
    "$program prints on the $core what it prints in QEMU",
    (pair) => {
      const [twin, qemu] = [printedByTwin, printedByQemu].map((print) =>
        withProgram(BOARDS[pair.core], pair.program, print),
      );
      expect(twin).toBe(qemu);
      expect(qemu).toContain("\n");
    },
  );
});
