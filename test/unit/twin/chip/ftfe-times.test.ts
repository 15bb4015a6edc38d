import { describe, expect, it } from "vitest";
import { MICROSECOND, MILLISECOND, SECOND } from "../../../../src/base/clock.ts";
import { FSTAT, lab } from "./lab.ts";

/** The project's time model, as its formats page has it. */
const TABLE = [
  { name: "ERSSCR 4 KB", words: [0x09, 0x4000, 0], typ: 14 * MILLISECOND, max: 114 * MILLISECOND },
  { name: "PGM8", words: [0x07, 0x4000, 0], typ: 90 * MICROSECOND, max: 225 * MICROSECOND },
  { name: "PGMSEC, 16 B", words: [0x0b, 0x4000, 0x00010000], typ: 78.125 * MICROSECOND, max: 312.5 * MICROSECOND },
  { name: "PGMSEC, 1 KB", words: [0x0b, 0x4000, 0x00400000], typ: 5 * MILLISECOND, max: 20 * MILLISECOND },
  { name: "RD1SEC", words: [0x01, 0x4000, 0x00010000], typ: 100 * MICROSECOND, max: 100 * MICROSECOND },
  { name: "ERSBLK", words: [0x08, 0x80000, 0], typ: 435 * MILLISECOND, max: 3.7 * SECOND },
  { name: "ERSALL", words: [0x44, 0, 0], typ: 870 * MILLISECOND, max: 7.4 * SECOND },
] as const;

describe.each(["typ", "max"] as const)("FTFE command times, %s", (flash) => {
  it.each(TABLE)("takes its time of the time model: $name", ({ words: [code, address, word1], ...times }) => {
    const bench = lab({ flash });
    bench.launch(code, address, word1);
    bench.wait(times[flash] - 1);
    expect(bench.fstat & 0x80).toBe(0);
    bench.wait(1);
    expect(bench.fstat & 0x80).toBe(0x80);
  });

  it("takes its time of the time model: MDM-AP mass erase", () => {
    const bench = lab({ flash, locked: true });
    bench.control = 1;
    bench.wait((flash === "typ" ? 870 : 7400) * MILLISECOND - 1);
    expect(bench.control).toBe(1);
    bench.wait(1);
    expect(bench.control).toBe(0);
  });
});

describe("FTFE command times, zero", () => {
  it.each(TABLE)("ends at once: $name", ({ words: [code, address, word1] }) => {
    const bench = lab({ flash: "zero" });
    bench.launch(code, address, word1);
    expect(bench.read(FSTAT, 1)).toBe(0x80);
  });
});
