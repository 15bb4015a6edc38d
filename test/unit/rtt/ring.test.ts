import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Ring } from "../../../src/rtt/control-block.ts";
import { behind, readable, writable } from "../../../src/rtt/ring.ts";

const ring = (size: number, writeOffset: number, readOffset: number): Ring => ({
  address: 0,
  name: 0,
  buffer: 0x20000000,
  size,
  writeOffset,
  readOffset,
});

const rings = fc
  .integer({ min: 1, max: 40 })
  .chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1), fc.nat(size - 1)))
  .map(([size, write, read]) => ring(size, write, read));

const count = (spans: readonly { readonly length: number }[]) => spans.reduce((sum, { length }) => sum + length, 0);

describe("RTT ring", () => {
  it("is empty where both offsets are equal", () => expect(readable(ring(8, 3, 3), 99)).toEqual([]));
  it("is read from the read offset to the write offset", () =>
    expect(readable(ring(8, 5, 2), 99)).toEqual([{ at: 2, length: 3 }]));
  it("is read across its end", () =>
    expect(readable(ring(8, 2, 6), 99)).toEqual([
      { at: 6, length: 2 },
      { at: 0, length: 2 },
    ]));
  it("returns no more than requested, the oldest first", () =>
    expect(readable(ring(8, 2, 6), 3)).toEqual([
      { at: 6, length: 2 },
      { at: 0, length: 1 },
    ]));
  it("has room for all bytes but one", () => expect(count(writable(ring(8, 3, 3), 99))).toBe(7));
  it("has no room where it is not set up or has one byte", () => {
    expect(writable(ring(0, 0, 0), 99)).toEqual([]);
    expect(writable(ring(1, 0, 0), 99)).toEqual([]);
  });

  it("has used and free bytes that sum up to its size minus one", () => {
    fc.assert(
      fc.property(rings, (one) => {
        expect(count(readable(one, 999)) + count(writable(one, 999))).toBe(one.size - 1);
      }),
    );
  });

  it("continues at the end of the spans", () => {
    fc.assert(
      fc.property(rings, fc.integer({ min: 1, max: 50 }), (one, most) => {
        const [taken, put] = [readable(one, most), writable(one, most)];
        if (taken.length > 0) expect(behind(taken, one.size)).toBe((one.readOffset + count(taken)) % one.size);
        if (put.length > 0) expect(behind(put, one.size)).toBe((one.writeOffset + count(put)) % one.size);
      }),
    );
  });
});
