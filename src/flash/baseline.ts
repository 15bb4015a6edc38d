import type { Chip } from "../chips/chip.ts";
import type { Image } from "../image/image.ts";
import { effectiveImage, type Need, type Policy } from "../protection/effective-image.ts";
import { fieldStart, fsecAddress, OPEN_FSEC } from "../protection/field.ts";
import type { SectorPlan } from "./sector-plan.ts";

/** Address of the sector that holds the flash configuration field. */
export const fieldSector = (chip: Chip): number =>
  fieldStart(chip) - ((fieldStart(chip) - chip.flash.start) % chip.flash.sectorSize);

/** An erased sector; where it holds the flash configuration field, with FSEC open, because blank means locked. */
export function openSector(chip: Chip, address: number): Uint8Array {
  const content = new Uint8Array(chip.flash.sectorSize).fill(chip.flash.erasedByte);
  const fsec = fsecAddress(chip) - address;
  if (fsec >= 0 && fsec < content.length) content[fsec] = OPEN_FSEC;
  return content;
}

/**
 * The needs of a field that is kept from the chip because the image does not name FSEC: a byte that was programmed
 * earlier and takes effect at the next reset must be consented to like one in the image.
 */
export function keptFieldNeeds(
  chip: Chip,
  image: Image,
  sectors: readonly SectorPlan[],
  policy: Policy,
): readonly Need[] {
  const at = fsecAddress(chip);
  const named = image.segments.some((s) => at >= s.address && at < s.address + s.bytes.length);
  const sector = sectors.find((s) => s.address === fieldSector(chip));
  if (named || !sector || sector.action === "unchanged") return [];
  const byte = sector.content.slice(at - sector.address, at - sector.address + 1);
  const kept: Image = { format: "raw", segments: [{ name: "kept field", address: at, bytes: byte }], symbols: [] };
  return effectiveImage(kept, chip, policy === "keep-open" ? "as-image" : policy).needs;
}
