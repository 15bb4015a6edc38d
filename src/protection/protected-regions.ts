import { address32 } from "../base/u32.ts";
import type { ProtectedRegions, ProtectionField } from "../chips/protection-scheme.ts";
import { valueIn } from "./field-value.ts";

/** A range of addresses, both ends included. */
export interface AddressRange {
  readonly start: number;
  readonly end: number;
}

/** A field whose bits protect regions. */
export type RegionField = ProtectionField & { readonly regions: ProtectedRegions };

/** Whether a field's bits protect regions. */
export const hasRegions = (field: ProtectionField): field is RegionField => field.regions !== undefined;

/**
 * The ranges that a field's bytes in memory order protect from programming and erasing, of all its bits or of some;
 * those that touch are one.
 */
export function protectedRanges(field: RegionField, bytes: Uint8Array, first = 0, last = 31): readonly AddressRange[] {
  const value = valueIn(field, bytes);
  const ranges: { start: number; end: number }[] = [];
  for (const [bit, { start, length }] of field.regions.ranges.entries()) {
    if (bit < first || bit > last || ((value >>> bit) & 1) !== field.regions.protects) continue;
    const before = ranges.at(-1);
    if (before && before.end + 1 === start) before.end = start + length - 1;
    else ranges.push({ start, end: start + length - 1 });
  }
  return ranges;
}

/** Which of the regions a field's bytes protect. */
export function regionsState(field: RegionField, bytes: Uint8Array): "none" | "some" | "all" {
  const value = valueIn(field, bytes);
  const count = field.regions.ranges.filter((_, bit) => ((value >>> bit) & 1) === field.regions.protects).length;
  if (count === 0) return "none";
  return count === field.regions.ranges.length ? "all" : "some";
}

/** Ranges for people: `0x00000000-0x00007FFF, 0x00010000-0x00017FFF`. */
export const rangesText = (ranges: readonly AddressRange[]): string =>
  ranges.map((range) => `${address32(range.start)}-${address32(range.end)}`).join(", ");
