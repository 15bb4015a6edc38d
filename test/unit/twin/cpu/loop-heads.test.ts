import { describe, expect, it } from "vitest";
import { LoopHeads, type Unit } from "../../../../src/twin/cpu/compiled/loop-heads.ts";

const run = (n: number): number => n;

/** A unit of a head at halfword `at` that spans `halfwords`. */
function unitAt(heads: LoopHeads, at: number, halfwords: number): Unit {
  const head = heads.list[heads.numberOf(at, 1)];
  const unit = { head, from: at, code: new Uint8Array(halfwords), stale: false };
  heads.add(unit, run);
  return unit;
}

describe("compiled units of a code region", () => {
  it("gives up those that were compiled first where all of them span too much", () => {
    const heads = new LoopHeads();
    const units = Array.from({ length: 40 }, (_, n) => unitAt(heads, n, 0x80000));
    const kept = units.filter(({ stale }) => !stale);
    expect(kept).toEqual(units.slice(-16));
    expect(units.map(({ head }) => head.run !== undefined)).toEqual(units.map(({ stale }) => !stale));
    expect(units[0].head.worth).toBe(2);
  });

  it("keeps all of a firmware's small loops, and a single unit whatever it spans", () => {
    const heads = new LoopHeads();
    const units = Array.from({ length: 1_000 }, (_, n) => unitAt(heads, n, 0x400));
    expect(units.some(({ stale }) => stale)).toBe(false);
    const alone = new LoopHeads();
    expect(unitAt(alone, 0, 0x900000).stale).toBe(false);
  });
});
