import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteRuns } from "../../../src/image/byte-runs.ts";
import { MAX_SEGMENTS } from "../../../src/image/limits.ts";
import { memoryOf } from "./images.ts";

interface Piece {
  readonly address: number;
  readonly bytes: readonly number[];
}

function runsOf(pieces: readonly Piece[]): ByteRuns {
  const runs = new ByteRuns(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0));
  for (const { address, bytes } of pieces) runs.add(address, Uint8Array.from(bytes), 0, bytes.length);
  return runs;
}

const segmentsOf = (...pieces: readonly Piece[]) => memoryOf({ segments: runsOf(pieces).segments("f") });

describe("runs of bytes", () => {
  it("are one run where each begins where the last one ended", () => {
    const runs = runsOf([0, 1, 2].map((i) => ({ address: 0x100 + i, bytes: [i] })));
    expect([runs.runs, memoryOf({ segments: runs.segments("f") })]).toEqual([
      1,
      [{ address: 0x100, bytes: [0, 1, 2] }],
    ]);
  });

  it("are sorted by address, up to the end of 32 bits", () => {
    expect(
      segmentsOf(
        { address: 0xffff_ffff, bytes: [9] },
        { address: 0x8000_0000, bytes: [8] },
        { address: 0, bytes: [7] },
      ),
    ).toEqual([
      { address: 0, bytes: [7] },
      { address: 0x8000_0000, bytes: [8] },
      { address: 0xffff_ffff, bytes: [9] },
    ]);
  });

  it("refuse bytes beyond 32-bit addresses", () => {
    expect(() => segmentsOf({ address: 0xffff_ffff, bytes: [1, 2] })).toThrow(
      expect.objectContaining({ code: "image-outside-chip" }),
    );
  });

  it("refuse one segment more than an image may have", () => {
    const apart = (count: number) => Array.from({ length: count }, (_, i) => ({ address: i * 2, bytes: [1] }));
    expect(segmentsOf(...apart(MAX_SEGMENTS)).length).toBe(MAX_SEGMENTS);
    expect(() => segmentsOf(...apart(MAX_SEGMENTS + 1))).toThrow(expect.objectContaining({ code: "image-too-large" }));
  });

  it("give each byte once wherever the pieces lie, or name the first address with two values", () => {
    const piece = fc.record({ address: fc.nat(60), bytes: fc.array(fc.nat(1), { minLength: 1, maxLength: 8 }) });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
        const wanted = new Map<number, Set<number>>();
        for (const { address, bytes } of pieces) {
          for (const [i, byte] of bytes.entries()) {
            wanted.set(address + i, (wanted.get(address + i) ?? new Set()).add(byte));
          }
        }
        if ([...wanted.values()].some((values) => values.size > 1)) {
          expect(() => segmentsOf(...pieces)).toThrow(expect.objectContaining({ code: "image-overlap" }));
          return;
        }
        const given = segmentsOf(...pieces).flatMap(({ address, bytes }) =>
          bytes.map((byte, i) => [address + i, byte]),
        );
        const sorted = [...wanted].sort(([a], [b]) => a - b).map(([address, [byte]]) => [address, byte]);
        expect(given).toEqual(sorted);
      }),
    );
  });
});
