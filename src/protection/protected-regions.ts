import { address32 } from "../base/u32.ts";
import type { ProtectedRegions } from "../chips/protection-scheme.ts";

/** A range of addresses, both ends included. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** The ranges that a field's bytes in memory order protect from programming and erasing; those that touch are one. */
export function protectedRanges(
  { protects, start, size }: ProtectedRegions,
  bytes: Uint8Array,
): readonly AddressRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (let region = 0; region < bytes.length * 8; region++) {
    if (((bytes[region >>> 3] >>> (region & 7)) & 1) !== protects) continue;
    const at = start + region * size;
    const last = ranges.at(-1);
    if (last && last.end + 1 === at) last.end = at + size - 1;
    else ranges.push({ start: at, end: at + size - 1 });
  }
  return ranges;
}

/** Ranges for people: `0x00000000-0x00007FFF, 0x00010000-0x00017FFF`. */
export const rangesText = (ranges: readonly AddressRange[]): string =>
  ranges.map((range) => `${address32(range.start)}-${address32(range.end)}`).join(", ");
