import type { Chip } from "../chips/chip.ts";
import type { Image, Segment } from "../image/image.ts";
import { buildImage } from "../image/build-image.ts";
import { type ChipContent, type SectorContent, sectorOf } from "./content.ts";
import { FlashError } from "./flash-error.ts";
import { checkFlashRange, type FlashRange } from "./flash-range.ts";
import type { SectorPlan } from "./plan/sector-plan.ts";

/** A range of flash that a job reads before it erases, and writes back after. */
export type KeepRange = FlashRange;

/** Throws `flash-range` for a range that leaves the flash, before anything is read for it. */
export function checkKept(ranges: readonly KeepRange[], chip: Chip, named: readonly string[] = []): void {
  for (const range of ranges) checkFlashRange(range, chip, "kept", named);
}

/** The same ranges ascending, and those that touch or overlap as one. */
export function joinedRanges(ranges: readonly KeepRange[]): readonly KeepRange[] {
  const joined: KeepRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (!last || range.start > last.start + last.length) joined.push(range);
    else
      joined[joined.length - 1] = { ...last, length: Math.max(last.length, range.start + range.length - last.start) };
  }
  return joined;
}

/** The image with the kept bytes in place of its own; kept bytes that it does not name are not its business. */
export const withKept = (image: Image, kept: readonly Segment[]): Image => ({
  ...image,
  segments: image.segments.map((segment) => kept.reduce(overlaid, segment)),
});

function overlaid(segment: Segment, kept: Segment): Segment {
  const from = Math.max(segment.address, kept.address);
  const to = Math.min(segment.address + segment.bytes.length, kept.address + kept.bytes.length);
  if (from >= to) return segment;
  const bytes = segment.bytes.slice();
  bytes.set(kept.bytes.subarray(from - kept.address, to - kept.address), from - segment.address);
  return { ...segment, bytes };
}

/** The bytes that stand in the ranges; throws `flash-keep` for one that was not looked at or can't be read. */
export function keptSegments(ranges: readonly KeepRange[], content: ChipContent, chip: Chip): readonly Segment[] {
  return ranges.map(({ start, length }): Segment => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = byteAt(start + i, content, chip);
    return { name: "kept", address: start, bytes };
  });
}

function byteAt(address: number, content: ChipContent, chip: Chip): number {
  const sector = sectorOf(chip, address);
  const now = sector && content.get(sector.address);
  if (!sector || !now) throw unreadable(address);
  const offset = address - sector.address;
  if (now.unreadable.includes(offset - (offset % sector.bank.write.unit))) throw unreadable(address);
  return now.bytes[offset];
}

const unreadable = (address: number) =>
  new FlashError("flash-keep", `The byte at 0x${address.toString(16)} was to be kept, but can't be read`);

/** What a plan will erase, as it stands now: what `--save` stores; undefined where nothing readable is lost. */
export function lostImage(
  plan: { readonly sectors: readonly Pick<SectorPlan, "bank" | "address" | "action">[] },
  content: ChipContent,
): Image | undefined {
  const erased = plan.sectors.filter((s) => s.action === "erase" || s.action === "erase-program");
  const segments = erased.flatMap(({ address, bank }) => readable(content.get(address), bank.write.unit));
  return segments.length === 0 ? undefined : buildImage({ format: "raw", segments });
}

/** The readable ranges of a sector. */
function readable(sector: SectorContent | undefined, unit: number): readonly Segment[] {
  if (!sector) return [];
  const list: { name: string; address: number; bytes: Uint8Array }[] = [];
  for (let at = 0; at < sector.bytes.length; at += unit) {
    if (sector.unreadable.includes(at)) continue;
    list.push({ name: "saved", address: sector.address + at, bytes: sector.bytes.slice(at, at + unit) });
  }
  return list;
}
