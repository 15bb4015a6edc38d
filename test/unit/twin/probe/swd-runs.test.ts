import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DapFault, SwdDp } from "../../../../src/twin/chip/debug/swd-dp.ts";
import { shiftThrough } from "../../../../src/twin/chip/debug/swd-shift.ts";
import { SwdWire } from "../../../../src/twin/chip/debug/swd-wire.ts";
import { CORTEX_M4_DP, FakeAp, header, parity } from "./wire.ts";

/** Edges for which the probe drives the line, with the levels, or leaves it. */
interface Run {
  readonly levels: readonly number[];
  readonly driven: 0 | 1;
}

const edgesOf = (runs: readonly Run[]) => runs.reduce((sum, { levels }) => sum + levels.length, 0);
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

/** Ports of one chip on a wire, which TARGETSEL selects, and what reached their access ports. */
function wireOf(count: number, faults: readonly (DapFault | undefined)[]) {
  const aps = Array.from({ length: count }, () => new FakeAp());
  let transfers = 0;
  // Not before the port is powered up.
  const strike = () => (++transfers > 2 ? faults[transfers % faults.length] : undefined);
  const targetid = count > 1 ? { targetid: 0x01002927 } : {};
  const ports = aps.map((ap, instance) => new SwdDp(ap, { ...CORTEX_M4_DP, ...targetid, instance }, strike));
  return { aps, ports, wire: new SwdWire(ports), asked: () => transfers };
}

/** The same runs as shifts of as many edges as `sizes` has, over and over. */
function inShifts(wire: SwdWire, runs: readonly Run[], sizes: readonly number[]): readonly number[] {
  const edges = runs.flatMap(({ levels, driven }) => levels.map((level) => ({ level, driven })));
  const after: number[] = [];
  for (let call = 0; after.length < edges.length; call++) {
    const part = edges.slice(after.length, after.length + sizes[call % sizes.length]);
    const pack = (of: (edge: { level: number; driven: number }) => number) => {
      const packed = new Uint8Array(Math.ceil(part.length / 8));
      for (const [n, edge] of part.entries()) packed[n >> 3] |= of(edge) << (n & 7);
      return packed;
    };
    const into = new Uint8Array(Math.ceil(part.length / 8)).fill(0xff);
    const [out, direction] = [pack(({ level }) => level), pack(({ driven }) => driven)];
    shiftThrough(wire, { out, direction, into, bits: part.length });
    after.push(...part.map((_, n) => (into[n >> 3] >> (n & 7)) & 1));
  }
  return after;
}

/** A write of the debug port. */
const written = (a: number, value: number): readonly Run[] => [
  drive(...bits(header("dp", 0, a), 8)),
  release(1 + 3 + 1),
  drive(...bits(value, 32), parity(value)),
];
/** A read of the access port's register 4, or a write. */
const apAccess = (rnw: 0 | 1, value = 0, flip = 0): readonly Run[] => [
  drive(...bits(header("ap", rnw, 4), 8)),
  ...(rnw === 1 ? [release(1 + 3 + 33 + 1)] : [release(1 + 3 + 1), drive(...bits(value, 32), parity(value) ^ flip)]),
];
/** A line reset, DPIDR, sticky flags cleared and AP 0 selected, after which accesses are made again. */
const CLEARED: readonly Run[] = [
  drive(...bits(header("dp", 1, 0), 8)),
  release(1 + 3 + 33 + 1),
  ...written(0, 0x1e),
  ...written(8, 0),
];
const accesses = fc.array(fc.oneof(read, write), { minLength: 1, maxLength: 6 }).map((parts) => parts.flat());
const others = traffic.map((runs) => runs.slice(CONNECTED.length, CONNECTED.length + 8));

const fault = fc.constantFrom(undefined, undefined, undefined, "wait", "fault", "parity", "noack");
/** Selects an instance of several ports, or resets the line of one, and powers it up. */
const selected = (instance: number, count: number): readonly Run[] => [
  drive(...Array<number>(50).fill(1), 0, 0),
  ...(count > 1 ? written(0xc, (0x01002927 | (instance << 28)) >>> 0) : []),
  ...CLEARED,
];

/** What one wire leaves that gets single edges, and another one that gets shifts. */
function bothWays(
  count: number,
  runs: readonly Run[],
  sizes: readonly number[],
  faults: readonly (DapFault | undefined)[] = [undefined],
) {
  const [one, other] = [wireOf(count, faults), wireOf(count, faults)];
  const left = ({ aps, ports, asked }: ReturnType<typeof wireOf>, levels: readonly number[]) => {
    return { levels, aps, asked: asked(), ports: ports.map(({ edges, driven }) => [edges, driven]) };
  };
  const single = runs.flatMap(({ levels, driven }) => levels.map((level) => one.wire.clock(level, driven)));
  return { single: left(one, single), several: left(other, inShifts(other.wire, runs, sizes)) };
}

describe.each([
  ["an SW-DP", 1],
  ["three SW-DPs on one wire", 3],
])("shifts of whole transfers at %s", (_, count) => {
  it("leave the levels, the accesses, the faults and the count of edges that as many single edges do", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 3 });
    const parts = fc.array(fc.tuple(fc.nat({ max: count - 1 }), accesses, others), { minLength: 2, maxLength: 4 });
    const faults = fc.array(fault, { minLength: 1, maxLength: 9 });
    let reached = 0;
    fc.assert(
      fc.property(parts, sizes, faults, (chosen, calls, struck) => {
        const runs = chosen.flatMap(([instance, asked, more]) => [
          ...selected(instance, count),
          ...written(4, 0x50000000),
          ...asked,
          ...more,
        ]);
        const { single, several } = bothWays(count, [...CONNECTED, ...runs], calls, struck);
        expect(several).toEqual(single);
        reached += single.aps.reduce((sum, ap) => sum + ap.log.length, 0);
      }),
      { numRuns: 150 },
    );
    // Some hundred, by chance.
    expect(reached).toBeGreaterThan(20);
  });

  it.each([0, 0xffffffff, 0x7fffffff, 0xfffffffe, 0xc0000000])(
    "let ones behind a word of %i reset the line",
    (value) => {
      const start = [...CONNECTED, ...selected(0, count), ...written(4, 0x50000000), ...apAccess(0, value)];
      for (const asked of [start, [...start, ...apAccess(1), ...apAccess(1)]]) {
        for (let ones = 12; ones <= 51; ones++) {
          const reset = [drive(...Array<number>(ones).fill(1), 0, 0), ...CLEARED, ...apAccess(1)];
          const { single, several } = bothWays(count, [...asked, ...reset], [edgesOf(start), 4096]);
          expect(several, `${ones} ones`).toEqual(single);
        }
      }
    },
  );

  it("are taken with a turnaround of two clocks, too", () => {
    const slow = [...written(8, 1), ...written(4, 0x140), ...written(8, 0), ...apAccess(1), ...apAccess(0, 1)];
    const start = [...CONNECTED, ...selected(0, count)];
    const { single, several } = bothWays(count, [...start, ...slow], [edgesOf(start), 4096]);
    expect(several).toEqual(single);
  });
});
