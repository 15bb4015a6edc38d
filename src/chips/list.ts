import { CHIPS } from "./built-in.ts";
import type { Chip } from "./chip.ts";
import { ChipError } from "./chip-error.ts";
import { vendorPackOf } from "./vendor-packs.ts";

export { CHIPS, loadChips, type ShownChip, shownChips } from "./built-in.ts";

/** The chip of a name or order code, whatever its case; throws `ChipError` `chip-unknown` with names that look alike. */
export function findChip(name: string, chips: readonly Chip[] = CHIPS): Chip {
  const chip = chips.find((candidate) => namesOf(candidate).some((known) => sameName(known, name)));
  if (chip) return chip;
  const near = nearNames(name, chips);
  const pack = vendorPackOf(name);
  const described = pack ? `; the CMSIS-Pack ${pack} describes it` : "";
  const also = near.length > 0 ? `; near it: ${near.join(", ")}` : described;
  throw new ChipError("chip-unknown", `No chip is called "${name}"${also}`, {
    details: { name, near, ...(pack !== undefined && { pack, next: "install-pack" }) },
  });
}

/** Whether a name or order code, whatever its case, is one of a chip. */
export const isKnownChip = (name: string, chips: readonly Chip[] = CHIPS): boolean =>
  chips.some((chip) => namesOf(chip).some((known) => sameName(known, name)));

/** The chips whose name, order code or family holds `text`, whatever its case; all of them without a text. */
export const searchChips = (text = "", chips: readonly Chip[] = CHIPS): readonly Chip[] =>
  chips.filter((chip) =>
    [...namesOf(chip), chip.family, chip.vendor].some((word) => plain(word).includes(plain(text))),
  );

/**
 * Up to five known names that hold `name`, or share the longest beginning with it, at least two thirds of it: half is
 * what chips of different families have in common (STM32F103C8 and STM32F407xG), where one is no name for the other.
 */
export function nearNames(name: string, chips: readonly Chip[] = CHIPS): readonly string[] {
  const wanted = plain(name);
  return chips
    .map((chip) => ({
      name: chip.name,
      shared: Math.max(...namesOf(chip).map((known) => likeness(plain(known), wanted))),
    }))
    .filter(({ shared }) => shared * 3 >= wanted.length * 2 && shared >= Math.min(wanted.length, LEAST_SHARED))
    .sort((a, b) => b.shared - a.shared)
    .slice(0, 5)
    .map((chip) => chip.name);
}

/** What selects the first core's port of a chip that shares its wire, by the TARGETID of its ports; undefined of others. */
export function targetselOf(targetid: number, chips: readonly Chip[] = CHIPS): number | undefined {
  const isItsOwn = (targetsel: number) => ((targetsel ^ targetid) & TARGETID_MASK) === 0;
  return chips.map(({ cores: [core] }) => core.targetsel).find((value) => value !== undefined && isItsOwn(value));
}

/** TARGETID's part, designer and mark; above them is the chip's revision, where TARGETSEL has the instance. */
const TARGETID_MASK = 0x0fffffff;

const namesOf = (chip: Chip): readonly string[] => [chip.name, ...(chip.variants ?? [])];

const plain = (name: string): string => name.trim().toLowerCase();

const sameName = (a: string, b: string): boolean => plain(a) === plain(b);

/** Shorter parts are in too many names. */
const LEAST_PART = 3;

/** So does a shorter beginning, unless it is the whole name: nrf51 is no nRF52840. */
const LEAST_SHARED = 5;

const likeness = (known: string, wanted: string): number =>
  wanted.length >= LEAST_PART && known.includes(wanted) ? wanted.length : sharedStart(known, wanted);

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
