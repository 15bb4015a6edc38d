import { address32 } from "../base/u32.ts";
import { joinSegments } from "./build-image.ts";
import { type Image, ImageError, type Segment } from "./image.ts";

/** A half-open range of addresses: `start` inside, `end` one past the last byte. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** A range of memory that may be programmed, as chips state it: a flash array fits as it is. */
export interface MemoryRange {
  readonly start: number;
  readonly length: number;
}

/** From the image's first byte to one past its last, gaps included. */
export function imageRange(image: Pick<Image, "segments">): AddressRange {
  const last = image.segments.at(-1);
  if (!last) return { start: 0, end: 0 };
  return { start: image.segments[0].address, end: last.address + last.bytes.length };
}

/** How many bytes the image holds, gaps not counted. */
export const imageSize = (image: Pick<Image, "segments">): number =>
  image.segments.reduce((sum, segment) => sum + segment.bytes.length, 0);

/** The byte that the image wants at an address, or undefined where it says nothing. */
export function readAt(image: Pick<Image, "segments">, address: number): number | undefined {
  const segment = image.segments.find((s) => address >= s.address && address < s.address + s.bytes.length);
  return segment?.bytes[address - segment.address];
}

/** `length` bytes from `start`, with `fill` where the image says nothing. */
export function imageBytes(image: Pick<Image, "segments">, start: number, length: number, fill = 0xff): Uint8Array {
  const all = new Uint8Array(length).fill(fill);
  for (const { address, bytes } of image.segments) {
    const from = Math.max(start, address);
    const to = Math.min(start + length, address + bytes.length);
    if (from < to) all.set(bytes.subarray(from - address, to - address), from - start);
  }
  return all;
}

/** Whether the image has any byte in a range. */
export const touches = (image: Pick<Image, "segments">, start: number, length: number): boolean =>
  image.segments.some((s) => s.address < start + length && s.address + s.bytes.length > start);

/** Whether the image has every byte of a range. */
export const covers = (image: Pick<Image, "segments">, start: number, length: number): boolean =>
  image.segments.some((s) => s.address <= start && s.address + s.bytes.length >= start + length);

/** The image with `bytes` at `address`, replaced or added; the original is left alone. */
export function withBytes(image: Image, address: number, bytes: Uint8Array): Image {
  const end = address + bytes.length;
  const kept = image.segments.flatMap((segment) => [cut(segment, 0, address), cut(segment, end, Infinity)]);
  const name = image.segments.find((s) => s.address <= end && s.address + s.bytes.length >= address)?.name ?? "added";
  return { ...image, segments: joinSegments([...kept, { name, address, bytes }]) };
}

/** Throws `ImageError` `image-outside-chip` for the first bytes that lie in none of the ranges (a chip's flash). */
export function checkInside(image: Pick<Image, "segments">, ranges: readonly MemoryRange[]): void {
  for (const { name, address, bytes } of image.segments) {
    const end = address + bytes.length;
    const outside = firstOutside(address, end, ranges);
    if (outside !== undefined) throw outsideChip(name, outside, end, ranges);
  }
}

function firstOutside(start: number, end: number, ranges: readonly MemoryRange[]): number | undefined {
  const holder = ranges.find((range) => start >= range.start && start < range.start + range.length);
  if (!holder) return start;
  const border = holder.start + holder.length;
  return end <= border ? undefined : firstOutside(border, end, ranges);
}

function outsideChip(name: string, address: number, end: number, ranges: readonly MemoryRange[]): ImageError {
  const allowed = ranges.map((range) => `${address32(range.start)}-${address32(range.start + range.length - 1)}`);
  return new ImageError(
    "image-outside-chip",
    `${name} has bytes at ${address32(address)}-${address32(end - 1)}, outside of ${allowed.join(" and ")}`,
    { details: { segment: name, address: address32(address), length: end - address, allowed } },
  );
}

function cut(segment: Segment, start: number, end: number): Segment {
  const from = Math.max(start - segment.address, 0);
  const to = Math.max(end - segment.address, 0);
  return { ...segment, address: segment.address + from, bytes: segment.bytes.subarray(from, to) };
}
