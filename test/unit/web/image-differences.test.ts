import { describe, expect, it } from "vitest";
import type { Segment } from "../../../src/image/image.ts";
import { differencesOf } from "../../../src/web/work/image-differences.ts";

const segment = (address: number, ...bytes: readonly number[]): Segment => ({
  name: "",
  address,
  bytes: Uint8Array.from(bytes),
});

/** Segments that count how often one of them is looked at. */
function counted(segments: readonly Segment[]) {
  const seen = { count: 0 };
  const watched = segments.map((own) => ({
    ...own,
    get address() {
      seen.count++;
      return own.address;
    },
  }));
  return { segments: watched, seen };
}

describe("the differences of two images", () => {
  it("are the bytes that differ, those at most 4 apart as one range", () => {
    const a = [segment(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)];
    const b = [segment(0, 1, 9, 3, 4, 5, 9, 7, 8, 9, 10)];
    expect(differencesOf({ segments: a }, { segments: b })).toEqual([
      { address: 1, expected: Uint8Array.of(2, 3, 4, 5, 6), actual: Uint8Array.of(9, 3, 4, 5, 9) },
    ]);
  });

  it("take what one image has no byte for as unprogrammed", () => {
    const a = [segment(0x10, 1, 2), segment(0x20, 0xff)];
    const b = [segment(0x11, 2, 3)];
    expect(differencesOf({ segments: a }, { segments: b })).toEqual([
      { address: 0x10, expected: Uint8Array.of(1, 2, 0xff), actual: Uint8Array.of(0xff, 2, 3) },
    ]);
  });

  it("are found whatever the order of the segments, and where they touch", () => {
    const a = [segment(0x30, 7), segment(0, 1, 2), segment(2, 3)];
    const b = [segment(0, 1), segment(0x30, 8), segment(1, 2, 3)];
    expect(differencesOf({ segments: a }, { segments: b })).toEqual([
      { address: 0x30, expected: Uint8Array.of(7), actual: Uint8Array.of(8) },
    ]);
  });

  it("of 30,000 segments with gaps are found with a few looks at each", () => {
    const segments = (value: number) => Array.from({ length: 30_000 }, (_, i) => segment(i * 32, value, i & 0xff));
    const [a, b] = [counted(segments(1)), counted(segments(2))];
    expect(differencesOf(a, b)).toHaveLength(30_000);
    // Sorting looks at each some 15 times.
    expect(a.seen.count + b.seen.count).toBeLessThan(60_000 * 100);
  });
});
