import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import { type Image, ImageError } from "../image/image.ts";

/** The UF2 families that an image names and that are not known to be the chip's. */
export const foreignFamilies = ({ families = [] }: Pick<Image, "families">, chip: Chip): readonly number[] =>
  families.filter((family) => !chip.uf2Families?.includes(family));

/**
 * Throws `ImageError` `uf2-family` for a UF2 file of another family than the chip's. Where no family of the chip is
 * known, nothing is certain, and `lintImage` has a finding instead.
 */
export function checkFamily(image: Pick<Image, "families">, chip: Chip): void {
  const [family] = foreignFamilies(image, chip);
  if (family === undefined || !chip.uf2Families?.length) return;
  const own = chip.uf2Families.map(address32).join(", ");
  throw new ImageError("uf2-family", `The UF2 file is for chips of family ${address32(family)}, not of ${own}`, {
    details: { family: address32(family), chip: chip.name },
  });
}
