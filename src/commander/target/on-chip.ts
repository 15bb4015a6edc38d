import { addressRanges, flashRanges, isForFirmware } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { checkNamedBanks } from "../../flash/plan/named-banks.ts";
import type { Image, Segment } from "../../image/image.ts";
import { checkInside } from "../../image/image-bytes.ts";

/** Addresses from `start`, `length` of them. */
export interface Range {
  readonly start: number;
  readonly length: number;
}

/** Memory that every Cortex-M has beside the chip's own: bit-band aliases and the private peripherals (ARMv7-M ARM, B3.1). */
export const EVERY_CORE: readonly Range[] = [
  { start: 0x22000000, length: 0x2000000 },
  { start: 0x42000000, length: 0x2000000 },
  { start: 0xe0000000, length: 0x100000 },
];

/** Whether a range lies in the given ones; neighbours count as one. */
export const isInside = ({ start, length }: Range, known: readonly Range[]): boolean => {
  const containing = known.find((each) => start >= each.start && start < each.start + each.length);
  if (!containing) return false;
  const end = containing.start + containing.length;
  return start + length <= end || isInside({ start: end, length: start + length - end }, known);
};

/** User rows, by their ids: a download programs them like flash, as J-Link does. */
export const userRows = ({ banks }: Pick<Chip, "banks">): readonly string[] =>
  banks.filter(({ kind }) => kind === "user-row").map(({ id }) => id);

/** The banks that a download programs by their controllers; option bytes and one-time cells are not among them. */
export const downloadBanks = ({ banks }: Pick<Chip, "banks">): readonly FlashBank[] =>
  banks.filter((bank) => isForFirmware(bank) || bank.kind === "user-row");

/**
 * Throws `ImageError` `image-outside-chip` for an image of which a part lies in no memory of the chip that can be written,
 * and `FlashError` `bank-not-named` for one with option bytes or one-time cells: asked before the first byte is written,
 * so that none of it is. The error names the chip's flash and RAM.
 */
export function checkOnChip(image: Pick<Image, "segments">, chip: Chip): void {
  checkNamedBanks(image, chip, userRows(chip));
  const memories = chip.memories.filter(({ kind }) => kind !== "rom");
  const known = [...addressRanges({ ...chip, memories }), ...EVERY_CORE];
  const isOutside = ({ address, bytes }: Segment) => !isInside({ start: address, length: bytes.length }, known);
  const outside = image.segments.filter(isOutside);
  checkInside({ segments: outside }, [...flashRanges(chip), ...memories.filter(({ kind }) => kind !== "peripheral")]);
}
