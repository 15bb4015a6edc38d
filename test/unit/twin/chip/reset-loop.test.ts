import { describe, expect, it } from "vitest";
import { MICROSECOND } from "../../../../src/base/clock.ts";
import { Lab } from "./lab.ts";

/** Flash ready, security, system out of reset. */
const SHOWN = 0x0e;

/** How often each state is seen when one looks `looks` times, `stepUs` apart. */
function shares(stepUs: number, looks: number): ReadonlyMap<number, number> {
  const bench = new Lab({ execute: true });
  bench.chip.powerOn(0);
  const seen = new Map<number, number>();
  for (let i = 0; i < looks; i++) {
    bench.wait(stepUs * MICROSECOND);
    const status = bench.status & SHOWN;
    seen.set(status, (seen.get(status) ?? 0) + 1 / looks);
  }
  return seen;
}

describe("blank chip in its reset loop", () => {
  it.each([7, 101, 1013])("has the same state when advanced in steps of %i us as in one step", (stepUs) => {
    const seen = shares(stepUs, 2000);
    expect(seen.get(0x04) ?? 0).toBeCloseTo(0.85, 1);
    expect((seen.get(0x02) ?? 0) + (seen.get(0x0a) ?? 0)).toBeCloseTo(0.15, 1);
  });

  it("is held by the MDM-AP's core hold request when it arrives while the flash is ready", () => {
    const bench = new Lab({ execute: true });
    bench.chip.powerOn(0);
    for (let i = 0; i < 100; i++) {
      bench.wait(37 * MICROSECOND);
      bench.control = 0x10;
    }
    bench.wait(1000 * MICROSECOND);
    expect(bench.status & SHOWN).toBe(0x0a);
  });
});
