import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SwdDp } from "../../../../src/twin/chip/debug/swd-dp.ts";
import { CORTEX_M4_DP, FakeAp, header, parity } from "./wire.ts";

/** Edges for which the probe drives the line, with the levels, or leaves it. */
interface Run {
  readonly levels: readonly number[];
  readonly driven: 0 | 1;
}

const bits = (word: number, count: number) => Array.from({ length: count }, (_, n) => (word >>> n) & 1);
const drive = (...levels: readonly number[]): Run => ({ levels, driven: 1 });
const release = (count: number): Run => ({ levels: Array<number>(count).fill(1), driven: 0 });

/** Selects SWD, reads DPIDR and powers the debug domain up, so that accesses follow. */
const CONNECTED: readonly Run[] = [
  drive(...Array<number>(50).fill(1), ...bits(0xe79e, 16), ...Array<number>(50).fill(1), 0, 0),
  drive(...bits(header("dp", 1, 0), 8)),
  release(1 + 3 + 33 + 1),
  drive(...bits(header("dp", 0, 4), 8)),
  release(1 + 3 + 1),
  drive(...bits(0x50000000, 32), 0),
];

const word = fc.oneof(fc.constantFrom(0, 0xffffffff, 0x7fffffff, 0x80000000), fc.nat({ max: 0xffffffff }));
const lineReset = fc.integer({ min: 48, max: 60 }).map((ones) => [drive(...Array<number>(ones).fill(1), 0, 0)]);
const toSwd = fc.constant([
  drive(...Array<number>(50).fill(1), ...bits(0xe79e, 16), ...Array<number>(50).fill(1), 0, 0),
]);
const request = fc.tuple(fc.constantFrom("dp" as const, "ap" as const), fc.constantFrom(0, 4, 8, 12));
const read = request.map(([port, a]) => [drive(...bits(header(port, 1, a), 8)), release(1 + 3 + 33 + 1)]);
const write = fc
  .tuple(request, word, fc.constantFrom(0, 0, 0, 1))
  .map(([[port, a], value, flip]) => [
    drive(...bits(header(port, 0, a), 8)),
    release(1 + 3 + 1),
    drive(...bits(value, 32), parity(value) ^ flip),
  ]);
const idle = fc.nat({ max: 12 }).map((count) => [drive(...Array<number>(count).fill(0))]);
const noise = fc
  .tuple(fc.array(fc.constantFrom(0, 1), { maxLength: 70 }), fc.constantFrom(0 as const, 1 as const))
  .map(([levels, driven]) => [{ levels, driven }]);
const traffic = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: write },
      { weight: 6, arbitrary: read },
      { weight: 3, arbitrary: idle },
      { weight: 2, arbitrary: lineReset },
      { weight: 1, arbitrary: toSwd },
      { weight: 1, arbitrary: noise },
    ),
    { maxLength: 25 },
  )
  .map((parts) => [...CONNECTED, ...parts.flat()]);

/** One call an edge. */
const oneByOne = (dp: SwdDp, runs: readonly Run[]) =>
  runs.flatMap(({ levels, driven }) => levels.map((level) => dp.clock(level, driven)));

/** Calls of as many edges as `sizes` has, over and over. */
function inRuns(dp: SwdDp, runs: readonly Run[], sizes: readonly number[]): readonly number[] {
  let call = 0;
  return runs.flatMap(({ levels, driven }) => {
    const after: number[] = [];
    while (after.length < levels.length) {
      const count = Math.min(sizes[call++ % sizes.length], levels.length - after.length);
      const part = levels.slice(after.length, after.length + count).reduce((all, level, n) => all | (level << n), 0);
      after.push(...bits(dp.clockRun(part, driven, count), count));
    }
    return after;
  });
}

describe("runs of edges at an SW-DP", () => {
  it("leave the levels, the accesses and the count of edges that as many single edges do", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 7 });
    let accesses = 0;
    fc.assert(
      fc.property(traffic, sizes, (runs, calls) => {
        const [single, several] = [new FakeAp(), new FakeAp()];
        const [one, other] = [new SwdDp(single, CORTEX_M4_DP), new SwdDp(several, CORTEX_M4_DP)];
        expect(inRuns(other, runs, calls)).toEqual(oneByOne(one, runs));
        expect(several).toEqual(single);
        accesses += single.log.length;
        expect([other.edges, other.driven]).toEqual([one.edges, one.driven]);
      }),
      { numRuns: 400 },
    );
    // Some hundred, by chance.
    expect(accesses).toBeGreaterThan(20);
  });
});
