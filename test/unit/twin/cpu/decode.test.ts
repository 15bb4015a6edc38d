import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COLD } from "../../../../src/twin/cpu/ops/cold-ops.ts";
import { decoderOf } from "../../../../src/twin/cpu/decode/instruction-set.ts";
import { isWide } from "../../../../src/twin/cpu/decode/decode16.ts";
import type { Decoded } from "../../../../src/twin/cpu/decode/decoded.ts";
import { FIRST_COLD, HOT } from "../../../../src/twin/cpu/ops/hot-ops.ts";
import { CPU_PROFILES } from "../../../../src/twin/cpu/profiles/list.ts";

const known = (op: number): boolean =>
  (op > HOT.UNDECODED && op <= HOT.NOP) || (op >= FIRST_COLD && op < FIRST_COLD + COLD.length);

/** Fits the cache's arrays: operands below the bits for cycles and length, at least one cycle. */
const fits = ({ op, x, imm, cycles }: Decoded): boolean =>
  known(op) && x >>> 24 === 0 && Number.isInteger(imm) && cycles >= 1 && cycles < 32;

/** VSTMIA R0, {S0-S30} and {D0-D15}. */
const LONG_LISTS: [number, number][] = [
  [0xec80, 0x0a1f],
  [0xec80, 0x0b20],
];

describe.each(Object.values(CPU_PROFILES))("decoder of the $type", (profile) => {
  const decode = decoderOf(profile);

  it("has an operation for every 16-bit opcode inside and outside an IT block", () => {
    const narrow = Array.from({ length: 0x10000 }, (_, hw) => hw).filter((hw) => !isWide(hw));
    const bad = narrow.filter((hw) => [true, false].some((inIt) => !fits(decode(hw, () => 0, 0x1000, inIt))));
    expect(bad).toEqual([]);
  });

  it("has an operation for any 32-bit encoding", () => {
    const halfword = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.integer({ min: 0xe800, max: 0xffff }), halfword, (hw1, hw2) =>
        fits(decode(hw1, () => hw2, 0x1000, false)),
      ),
      { numRuns: 20_000, examples: LONG_LISTS },
    );
  });

  it("fetches a second halfword for 32-bit instructions only", () => {
    const refuse = () => {
      throw new Error("fetched");
    };
    expect(() => decode(0x2000, refuse, 0, false)).not.toThrow();
    expect(() => decode(0xf000, refuse, 0, false)).toThrow("fetched");
  });
});
