import type { Chip } from "../chips/chip.ts";
import type { Sector } from "../chips/sectors.ts";
import type { Image } from "../image/image.ts";
import { effectiveImage, type Need, type Policy } from "../protection/effective-image.ts";
import { fsecAddress } from "../protection/field.ts";
import { rulesIn } from "./field-rules.ts";
import { rangeOf, type SectorPlan } from "./sector-plan.ts";

/** An erased sector; the bytes that would lock the chip where they are blank are open. */
export function openSector(chip: Chip, { bank, address, size }: Sector): Uint8Array {
  const content = new Uint8Array(size).fill(bank.erased);
  for (const rule of rulesIn(chip, { start: address, length: size })) content.set(rule.open, rule.address - address);
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
  const sector = sectors.find((s) => rulesIn(chip, rangeOf(s)).length > 0);
  if (named || !sector || sector.action === "unchanged") return [];
  const byte = sector.content.slice(at - sector.address, at - sector.address + 1);
  const kept: Image = { format: "raw", segments: [{ name: "kept field", address: at, bytes: byte }], symbols: [] };
  return effectiveImage(kept, chip, policy === "keep-open" ? "as-image" : policy).needs;
}
