import type { Chip } from "../../chips/chip.ts";
import { hasNoLock } from "../../protection/chip-fields.ts";
import { CHIPS } from "../../chips/list.ts";

/** What programs a chip's protection bytes as the image has them: J-Link's own device name, or our verb where it has none. */
export const asImageWords = ({ name, protection }: Chip): string =>
  protection?.allowingName === undefined
    ? "flashproof flash FILE --security as-image"
    : `the device name "${name} ${protection.allowingName}"`;

/** Words of the Commander that differ by family, for the places of a text that name them; all of them where no chip is known. */
export const familyWords = (chip: Chip | undefined): { readonly [place: string]: string } => {
  const suffix = chip ? chip.protection?.allowingName : "(allow security) or (allow opt. bytes)";
  const allowing =
    suffix === undefined ? "flashproof flash FILE --security as-image" : `-Device with ${suffix} behind the name`;
  return {
    unlock: unlockWords(chip),
    plain: suffix === undefined ? "the plain device name" : `the device name without ${suffix}`,
    allowing,
    asImage: chip && suffix !== undefined ? `device "${chip.name} ${suffix}"` : allowing,
    lockField: (chip && lockFieldOf(chip)) ?? "the security bytes",
  };
};

/** `unlock` with a name that it accepts for the chip, or with every family's where no chip is known. */
function unlockWords(chip: Chip | undefined): string {
  const isOpened = (each: Chip) => each.protection !== undefined && !hasNoLock(each);
  const families = (chip && isOpened(chip) ? [chip] : CHIPS.filter(isOpened)).flatMap(
    ({ protection }) => protection?.family ?? [],
  );
  return [...new Set(families)].map((family) => `unlock ${family}`).join(" or ");
}

/** The first field of a chip's that can close it. */
const lockFieldOf = ({ protection }: Chip): string | undefined =>
  protection?.groups.flatMap(({ fields }) => fields).find(({ states }) => states.some(({ debug }) => debug !== "open"))
    ?.name;
