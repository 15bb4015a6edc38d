import type { Chip } from "../chips/chip.ts";
import { holds, type Sector } from "../chips/sectors.ts";
import type { Image } from "../image/image.ts";
import { touches } from "../image/image-bytes.ts";
import { effectiveImage, type Need, type Policy } from "../protection/effective-image.ts";
import { lockingFields } from "../protection/chip-fields.ts";
import { rulesIn } from "./plan/field-rules.ts";
import { rangeOf, type SectorPlan } from "./plan/sector-plan.ts";

/** An erased sector; the bytes that would lock the chip where they are blank are open. */
export function openSector(chip: Chip, { bank, address, size }: Sector): Uint8Array {
  const content = new Uint8Array(size).fill(bank.erased);
  for (const rule of rulesIn(chip, { start: address, length: size })) content.set(rule.open, rule.address - address);
  return content;
}

/**
 * The needs of fields that are kept from the chip because the image does not name them: bytes that were programmed
 * earlier and take effect at the next reset must be consented to like those in the image.
 */
export const keptFieldNeeds = (
  chip: Chip,
  image: Image,
  sectors: readonly SectorPlan[],
  policy: Policy,
): readonly Need[] =>
  lockingFields(chip).flatMap(({ field: { name, address, width } }) => {
    const sector = sectors.find((each) => holds(rangeOf(each), address));
    if (touches(image, address, width) || !sector || sector.action === "unchanged") return [];
    const bytes = sector.content.slice(address - sector.address, address - sector.address + width);
    const kept: Image = { format: "raw", segments: [{ name: `kept ${name}`, address, bytes }], symbols: [] };
    return effectiveImage(kept, chip, policy === "keep-open" ? "as-image" : policy).needs;
  });
