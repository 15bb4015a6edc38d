import { joinedBanks } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { Image, Segment } from "../../image/image.ts";
import { downloadBanks } from "./on-chip.ts";

/** A file's parts by where they go. */
export interface SplitImage {
  /** What lies in the chip's flash and user rows; without segments where nothing does. */
  readonly flash: Image;
  /** What is written to memory as it is: RAM, and whatever else a bus may take. */
  readonly memory: readonly Segment[];
}

/** Cuts an image at the borders of the chip's flash; without a chip everything is memory. */
export function splitImage(image: Image, chip: Chip | undefined): SplitImage {
  if (!chip) return { flash: { ...image, segments: [] }, memory: image.segments };
  const ranges = joinedBanks(downloadBanks(chip));
  const parts = (from: number, to: number) => image.segments.flatMap((segment) => cut(segment, from, to));
  const ends = [0, ...ranges.map(({ start, length }) => start + length)];
  const memory = ends.flatMap((end, i) => parts(end, ranges[i]?.start ?? Number.POSITIVE_INFINITY));
  const flash = ranges.flatMap(({ start, length }) => parts(start, start + length));
  return { flash: { ...image, segments: flash }, memory };
}

/** The part of a segment between two addresses: none or one. */
function cut(segment: Segment, from: number, to: number): readonly Segment[] {
  const { address, bytes } = segment;
  const first = Math.max(from, address);
  const last = Math.min(to, address + bytes.length);
  if (first >= last) return [];
  return [{ ...segment, address: first, bytes: bytes.subarray(first - address, last - address) }];
}
