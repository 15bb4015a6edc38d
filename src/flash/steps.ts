import type { Chip, FlashGeometry } from "../chips/chip.ts";
import { fieldStart } from "../protection/field.ts";
import { isErased } from "./content.ts";
import type { SectorPlan } from "./sector-plan.ts";

/** A phrase that follows an erase at once: the one with FSEC. */
export interface Phrase {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * One act on the flash, in the order in which it happens. An erase carries the phrase that has to follow it at once:
 * a blank FSEC locks the chip, so nothing comes between the two.
 */
export type FlashStep =
  /** Erases every sector by one command. */
  | { readonly step: "erase-all"; readonly opening: Phrase | undefined }
  | { readonly step: "erase-sector"; readonly address: number; readonly opening: Phrase | undefined }
  /** Looks at user margin whether the sector really is erased, and erases it where it is not. */
  | { readonly step: "ensure-blank"; readonly address: number; readonly opening: Phrase | undefined }
  | { readonly step: "program-phrase"; readonly address: number; readonly bytes: Uint8Array }
  | { readonly step: "program-section"; readonly address: number; readonly bytes: Uint8Array };

/**
 * The steps that bring one sector to its planned content.
 *
 * Where the sector holds the flash configuration field, the phrase with FSEC goes with the erase, so that only this one
 * erase and this one command leave a window in which a power cut locks the chip; the field is two phrases, each
 * programmed once (ECC), and sections run around it.
 */
export function stepsFor(chip: Chip, sector: SectorPlan): readonly FlashStep[] {
  if (sector.action === "unchanged") return margin(chip, sector);
  const step = sector.action === "program" ? "ensure-blank" : "erase-sector";
  return [{ step, address: sector.address, opening: fsecPhrase(chip, sector) }, ...programSteps(chip, sector)];
}

/** Bytes that read as wanted are left alone; erased ones may be the weak bits of an interrupted erase. */
const margin = (chip: Chip, sector: SectorPlan): readonly FlashStep[] =>
  isErased(sector.content, chip.flash) ? [{ step: "ensure-blank", address: sector.address, opening: undefined }] : [];

/** The second phrase of the flash configuration field, which holds FSEC; undefined in every other sector. */
export function fsecPhrase(chip: Chip, sector: SectorPlan): Phrase | undefined {
  const offset = fieldStart(chip) + chip.flash.phraseSize - sector.address;
  if (offset < 0 || offset >= sector.content.length) return undefined;
  return { address: sector.address + offset, bytes: sector.content.slice(offset, offset + chip.flash.phraseSize) };
}

function programSteps(chip: Chip, sector: SectorPlan): readonly FlashStep[] {
  const { flash } = chip;
  const field = fieldStart(chip) - sector.address;
  if (field < 0 || field >= flash.sectorSize) return sections(flash, sector, 0, flash.sectorSize);
  return [
    ...phrase(flash, sector, field),
    ...sections(flash, sector, 0, field),
    ...sections(flash, sector, field + 2 * flash.phraseSize, flash.sectorSize),
  ];
}

function phrase(flash: FlashGeometry, sector: SectorPlan, offset: number): readonly FlashStep[] {
  const bytes = sector.content.slice(offset, offset + flash.phraseSize);
  return isErased(bytes, flash) ? [] : [{ step: "program-phrase", address: sector.address + offset, bytes }];
}

/** Section commands over `from:to`, cut where a section of the controller ends, without erased units at either end. */
function sections(flash: FlashGeometry, sector: SectorPlan, from: number, to: number): readonly FlashStep[] {
  const steps: FlashStep[] = [];
  for (let at = from; at < to; ) {
    const end = Math.min(to, at - (at % flash.section.size) + flash.section.size);
    const [first, last] = trim(flash, sector.content, at, end);
    if (first < last) {
      steps.push({
        step: "program-section",
        address: sector.address + first,
        bytes: sector.content.slice(first, last),
      });
    }
    at = end;
  }
  return steps;
}

function trim(flash: FlashGeometry, content: Uint8Array, from: number, to: number): readonly [number, number] {
  const { unit } = flash.section;
  const blank = (at: number) => isErased(content.subarray(at, at + unit), flash);
  let [first, last] = [from, to];
  while (first < last && blank(first)) first += unit;
  while (last > first && blank(last - unit)) last -= unit;
  return [first, last];
}
