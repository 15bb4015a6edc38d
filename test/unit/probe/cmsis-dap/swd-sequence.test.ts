import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../../../../src/base/bytes.ts";
import { joinRows, rowPackets, SWD_SEQUENCE } from "../../../../src/probe/cmsis-dap/swd-sequence.ts";
import type { LineRun } from "../../../../src/probe/probe.ts";

const LIMITS = { size: 64, count: 1 };
const drive = (count: number): LineRun => ({
  count,
  drive: Uint8Array.from({ length: Math.ceil(count / 8) }, (_, i) => i + 1),
});
const capture = (count: number): LineRun => ({ count });
const answer = (...bytes: readonly number[]) => new ByteReader(Uint8Array.from(bytes));

/** CMSIS-DAP, DAP_SWD_Sequence. */
describe("rows of clocks", () => {
  it("have their number of clocks, 0 for 64, a bit for those that are captured, and what is driven", () => {
    const rows = [drive(1), capture(3), drive(64), capture(64), drive(9)];
    expect([...SWD_SEQUENCE.encode(rows)]).toEqual([5, 1, 1, 0x83, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x80, 9, 1, 2]);
  });

  it("answer the bytes of those that are captured", () => {
    const rows = [capture(9), drive(8), capture(1)];
    expect(SWD_SEQUENCE.decode(answer(0, 1, 2, 3), rows)).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    expect(() => SWD_SEQUENCE.decode(answer(0, 1, 2), rows)).toThrow(RangeError);
    expect(() => SWD_SEQUENCE.decode(answer(0xff), rows)).toThrow(
      expect.objectContaining({ code: "probe-unsupported", details: { command: "DAP_SWD_Sequence", status: 0xff } }),
    );
  });

  it("are cut at 64 clocks, and joined again", () => {
    const [row] = rowPackets([drive(130)], LIMITS);
    expect(row.map(({ count, drive: bits }) => [count, bits?.length, bits?.[0]])).toEqual([
      [64, 8, 1],
      [64, 8, 9],
      [2, 1, 17],
    ]);
    const runs = [capture(130), drive(8), capture(3)];
    const captured = [1, 9].map((from) => Uint8Array.from({ length: 8 }, (_, i) => from + i));
    expect(joinRows(runs, [...captured, Uint8Array.of(17), Uint8Array.of(5)])).toEqual([
      Uint8Array.from({ length: 17 }, (_, i) => i + 1),
      Uint8Array.of(5),
    ]);
  });

  it("fill a packet to its last byte, and begin another one behind it", () => {
    // Of 64 bytes two are the head; a row of 64 clocks needs nine, one of 56 eight.
    const rows = (...counts: readonly number[]) => rowPackets(counts.map(drive), LIMITS).map((row) => row.length);
    expect(rows(64, 64, 64, 64, 64, 64, 56)).toEqual([7]);
    expect(rows(64, 64, 64, 64, 64, 64, 57)).toEqual([6, 1]);
    expect(rows(64, 64, 64, 64, 64, 64, 56, 1)).toEqual([7, 1]);
    expect(rowPackets([], LIMITS)).toEqual([]);
  });

  it("fit the command and the answer, in order, whatever the runs", () => {
    const run = fc.record({ count: fc.integer({ min: 1, max: 300 }), isDriven: fc.boolean() });
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 30 }), fc.constantFrom(64, 512), (all, size) => {
        const runs = all.map(({ count, isDriven }) => (isDriven ? drive(count) : capture(count)));
        const packets = rowPackets(runs, { size, count: 1 });
        const clocks = (some: readonly LineRun[]) => some.reduce((sum, { count }) => sum + count, 0);
        expect(clocks(packets.flat())).toBe(clocks(runs));
        for (const rows of packets) {
          const captured = rows.filter((row) => !row.drive).reduce((sum, { count }) => sum + Math.ceil(count / 8), 0);
          expect(1 + SWD_SEQUENCE.encode(rows).length).toBeLessThanOrEqual(size);
          expect(2 + captured).toBeLessThanOrEqual(size);
        }
      }),
    );
  });
});
