import type { Image } from "../image/image.ts";
import type { DeclaredChange } from "../protection/effective-image.ts";

/** A range whose bytes stay the chip's although the image names others for some of them. */
export interface KeptBytes {
  readonly address: number;
  readonly length: number;
  /** How many of its bytes the image has otherwise; at least 1. */
  readonly differing: number;
}

/** What is known beforehand to differ between the file and the chip: a byte of the policy's, or a kept range. */
export type Declared = DeclaredChange | KeptBytes;

/** Whether a declared difference is a range that was kept from the chip. */
export const isKept = (declared: Declared): declared is KeptBytes => "differing" in declared;

/** How many bytes were declared to differ from the file. */
export const declaredBytes = (declared: readonly Declared[]): number =>
  declared.reduce((sum, each) => sum + (isKept(each) ? each.differing : 1), 0);

/**
 * The ranges in which `wanted` (the image with the chip's kept bytes in place of its own, segment by segment) differs
 * from the image; a byte that the policy changes after that is the policy's.
 */
export function keptBytes(
  image: Image,
  wanted: Image,
  ranges: readonly { readonly start: number; readonly length: number }[],
  changes: readonly DeclaredChange[],
): readonly KeptBytes[] {
  const changed = new Set(changes.map(({ address }) => address));
  return ranges.flatMap(({ start, length }) => {
    let differing = 0;
    for (const [i, { address, bytes }] of image.segments.entries()) {
      const other = wanted.segments[i].bytes;
      const to = Math.min(bytes.length, start + length - address);
      for (let at = Math.max(0, start - address); at < to; at++)
        if (bytes[at] !== other[at] && !changed.has(address + at)) differing++;
    }
    return differing > 0 ? [{ address: start, length, differing }] : [];
  });
}
