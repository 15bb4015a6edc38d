import { firmwareBanks, isForFirmware } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { holds, sectorsIn } from "../../chips/sectors.ts";
import { lockingFields } from "../../protection/chip-fields.ts";
import { readField } from "../../protection/field-value.ts";
import { openSector } from "../baseline.ts";
import { checkErasable } from "../erasable.ts";
import { rulesIn } from "./field-rules.ts";
import { rangeOf, type SectorPlan } from "./sector-plan.ts";
import { type FlashStep, stepsFor, type Write, writesFor, writesWithErase } from "./steps.ts";

/**
 * The sectors and steps of a job that first erases all flash for firmware, whatever stands there: the touched sectors as
 * they are to be, all others blank.
 *
 * Bytes that would lock the chip where they are blank follow their bank's erase at once. Those that leave it open are
 * the sector's own; for others the chip is opened first, and their sector erased once more after all the rest, so
 * that it is locked after everything else stands. Throws `not-erasable` for a bank that no sectors cover.
 */
export function wholeChip(
  chip: Chip,
  touched: readonly SectorPlan[],
): { readonly sectors: readonly SectorPlan[]; readonly steps: readonly FlashStep[] } {
  const banks = firmwareBanks(chip);
  for (const bank of banks) checkErasable(bank);
  const firmware = touched.filter(({ bank }) => isForFirmware(bank));
  const known = new Set(firmware.map(({ address }) => address));
  const others = banks.flatMap((bank) => lostSectors(chip, bank).filter(({ address }) => !known.has(address)));
  const beside = touched.filter(({ bank }) => !isForFirmware(bank));
  const erases = banks.map((bank): FlashStep => ({ step: "erase-bank", bank, atOnce: openings(chip, bank, firmware) }));
  const steps = [...erases, ...writesAfter(chip, firmware), ...beside.flatMap((sector) => stepsFor(chip, sector))];
  const sectors = [...touched, ...others].sort((a, b) => a.address - b.address);
  return { sectors, steps };
}

/** Every sector of a bank as one that is erased; what stood there is not looked at. */
const lostSectors = (chip: Chip, bank: FlashBank): readonly SectorPlan[] =>
  sectorsIn(bank, bank).map((sector) => {
    const { address, size } = sector;
    const content = openSector(chip, sector);
    return { bank, address, action: "erase", found: "not-looked-at", content, kept: 0, lost: size };
  });

/** What follows a bank's erase at once: the write units of its fields, as they are to be or open. */
const openings = (chip: Chip, bank: FlashBank, firmware: readonly SectorPlan[]): readonly Write[] =>
  lostSectors(chip, bank).flatMap((lost) => {
    const planned = firmware.find(({ address }) => address === lost.address);
    return writesWithErase(chip, planned && staysOpen(chip, planned) ? planned : lost);
  });

/** The writes of the sectors: first those with a field that is open, those that lock the chip last. */
function writesAfter(chip: Chip, firmware: readonly SectorPlan[]): readonly FlashStep[] {
  const rulesOf = (sector: SectorPlan) => rulesIn(chip, rangeOf(sector));
  const locking = firmware.filter((sector) => !staysOpen(chip, sector));
  const open = firmware.filter((sector) => staysOpen(chip, sector));
  const opened = open.filter((sector) => rulesOf(sector).length > 0);
  const rest = open.filter((sector) => rulesOf(sector).length === 0);
  const again = (sector: SectorPlan) => rulesOf(sector).some(({ withErase }) => withErase);
  return [
    ...[...opened, ...rest].flatMap((sector) => writesFor(sector, writesWithErase(chip, sector))),
    ...locking.flatMap((sector) => (again(sector) ? stepsFor(chip, sector) : writesFor(sector, []))),
  ];
}

/** Whether no field of a sector closes the chip as it is to be. */
function staysOpen(chip: Chip, sector: SectorPlan): boolean {
  const range = rangeOf(sector);
  const byteAt = (address: number) => (holds(range, address) ? sector.content[address - range.start] : undefined);
  const found = lockingFields(chip).flatMap((placed) => readField(placed, byteAt) ?? []);
  return found.every(({ state }) => state.debug === "open");
}
