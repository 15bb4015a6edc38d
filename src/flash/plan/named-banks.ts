import { address32 } from "../../base/u32.ts";
import { bankAt, isForFirmware } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Image, Segment } from "../../image/image.ts";
import { FlashError } from "../flash-error.ts";

/** The banks that a job may change: those for firmware, and the others that it names by their ids. */
export const usableBanks = ({ banks }: Pick<Chip, "banks">, named: readonly string[] = []): readonly FlashBank[] =>
  banks.filter((bank) => isForFirmware(bank) || named.includes(bank.id));

/**
 * Throws `bank-not-named` for the first segment of an image that has bytes in option bytes, one-time cells or a user row
 * which the job does not name: such a bank changes how the chip behaves, often for ever.
 */
export function checkNamedBanks(image: Pick<Image, "segments">, chip: Chip, named: readonly string[]): void {
  const usable = usableBanks(chip, named);
  for (const { name, address, bytes } of image.segments) {
    const bank = chip.banks.find(
      (each) => !usable.includes(each) && address < each.start + each.length && address + bytes.length > each.start,
    );
    if (!bank) continue;
    throw new FlashError(
      "bank-not-named",
      `${name} has bytes for the bank ${bank.id} (${bank.name}), which is not named`,
      {
        details: { bank: bank.id, kind: bank.kind, address: address32(Math.max(address, bank.start)) },
      },
    );
  }
}

/** An image with the bytes for a bank's alias at the bank's own addresses; without such bytes, the image itself. */
export function atOwnAddresses(image: Image, chip: Pick<Chip, "banks">): Image {
  const segments = image.segments.map((segment) => movedFromAlias(segment, chip));
  if (segments.every((segment, i) => segment === image.segments[i])) return image;
  return { ...image, segments: [...segments].sort((a, b) => a.address - b.address) };
}

function movedFromAlias(segment: Segment, chip: Pick<Chip, "banks">): Segment {
  if (bankAt(chip, segment.address)) return segment;
  for (const { start, length, aliases = [] } of chip.banks) {
    const alias = aliases.find((at) => segment.address >= at && segment.address + segment.bytes.length <= at + length);
    if (alias !== undefined) return { ...segment, address: segment.address - alias + start };
  }
  return segment;
}
