import { isForFirmware } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import { holds, type Sector, sectorsIn } from "../../chips/sectors.ts";
import type { Image } from "../../image/image.ts";
import { isErased } from "../content.ts";
import { rulesOf } from "./field-rules.ts";
import { rangeOf, type SectorPlan } from "./sector-plan.ts";
import { type FlashStep, stepsFor, writesFor } from "./steps.ts";

/**
 * How a flash job erases. `sectors`: what differs, one sector after the other. `auto`: several sectors or a bank by one
 * command where that is quicker and loses nothing more. `chip`: all flash for firmware first, whatever stands there.
 */
export type EraseBy = "auto" | "sectors" | "chip";

/** One command that erases several sectors, and which. */
interface Group {
  readonly step: FlashStep;
  readonly range: Range;
}

/**
 * The steps of sectors in their order, with one erase for several where the rules of `auto` allow it: each of those
 * sectors is written or was seen blank, none of them keeps bytes that the image does not name, the command reaches
 * nothing else, no field there locks the chip by being blank, and it takes half of the time of the erases that it replaces
 * at most: the data of a sector come in while the one before is erased, and what comes in within one long erase is less.
 */
export function groupedSteps(chip: Chip, sectors: readonly SectorPlan[], image: Image): readonly FlashStep[] {
  const groups = groupsOf(chip, sectors, image);
  const groupOf = (sector: SectorPlan) => groups.find(({ range }) => holds(range, sector.address));
  const begun = new Set<Group>();
  return ownErasesFirst(chip, sectors, groupOf).flatMap((sector) => {
    const group = groupOf(sector);
    if (!group) return stepsFor(chip, sector);
    const first = begun.has(group) ? [] : [group.step];
    begun.add(group);
    return [...first, ...writesFor(sector, [])];
  });
}

/**
 * Sectors with an erase of their own before those of groups: their erases take longer than their data over the wire, so
 * that more data have come in by the time at which a group is erased, and its writes wait for less. Sectors with bytes that
 * lock the chip stay the last ones.
 */
function ownErasesFirst(
  chip: Chip,
  sectors: readonly SectorPlan[],
  groupOf: (sector: SectorPlan) => Group | undefined,
): readonly SectorPlan[] {
  const { fields } = rulesOf(chip);
  if (fields.some(({ last, address }) => last && sectors.some((sector) => holds(rangeOf(sector), address))))
    return sectors;
  return [...sectors.filter((sector) => !groupOf(sector)), ...sectors.filter(groupOf)];
}

function groupsOf(chip: Chip, sectors: readonly SectorPlan[], image: Image): readonly Group[] {
  const planned = new Map(sectors.map((sector) => [sector.address, sector]));
  const banks = new Set(sectors.map(({ bank }) => bank).filter((bank) => mayGroup(chip, bank)));
  return [...banks].flatMap((bank) => {
    const isWorth = (all: readonly Sector[], ms: number): boolean =>
      all.every(({ address }) => isFree(planned.get(address), image)) && erasesMs(bank, all, planned) >= GAIN * ms;
    const whole = wholeGroup(bank, isWorth);
    return whole ? [whole] : blockGroups(bank, isWorth);
  });
}

type IsWorth = (sectors: readonly Sector[], ms: number) => boolean;

/** How much longer the erases have to take that one command replaces. */
const GAIN = 2;

/** Whether commands for more than a sector may be given in a bank, by the chip's data alone. */
export function mayGroup(chip: Chip, bank: FlashBank): boolean {
  if (chip.origin !== "own" || bank.algorithm || !bank.controller) return false;
  const locksBlank = rulesOf(chip).fields.some(({ withErase, address }) => withErase && holds(bank, address));
  return isForFirmware(bank) && bank.eraseNeeded && !locksBlank;
}

/** The bank's own command, where it reaches nothing but the bank. */
function wholeGroup(bank: FlashBank, isWorth: IsWorth): Group | undefined {
  const { eraseBankMs } = bank.times;
  if (eraseBankMs === undefined || bank.eraseReaches?.length) return undefined;
  const all = sectorsIn(bank, bank);
  if (!isWorth(all, eraseBankMs)) return undefined;
  return { step: { step: "erase-bank", bank, atOnce: [] }, range: bank };
}

function blockGroups(bank: FlashBank, isWorth: IsWorth): readonly Group[] {
  const { block } = bank;
  if (!block) return [];
  const count = Math.floor(bank.length / block.size);
  const ranges = Array.from({ length: count }, (_, i) => ({ start: bank.start + i * block.size, length: block.size }));
  return ranges
    .filter((range) => isWorth(sectorsIn(bank, range), block.eraseMs))
    .map((range) => ({
      step: { step: "erase-block", bank, address: range.start, length: range.length, atOnce: [] },
      range,
    }));
}

/** Whether an erase of a sector takes nothing that stays: it is written anyway, or was seen blank and stays so. */
function isFree(sector: SectorPlan | undefined, image: Image): boolean {
  if (!sector) return false;
  return (sector.action !== "unchanged" || isErased(sector.content, sector.bank)) && !keepsBytes(sector, image);
}

/** Whether bytes that the image does not name, and that are not erased ones, are written back. */
function keepsBytes({ bank, address, content, kept }: SectorPlan, { segments }: Image): boolean {
  if (kept === 0) return false;
  const rest = content.slice();
  for (const { address: start, bytes } of segments)
    rest.fill(bank.erased, Math.max(0, start - address), Math.max(0, start + bytes.length - address));
  return !isErased(rest, bank);
}

/** Milliseconds of the erases that are planned for sectors, one after the other. */
const erasesMs = ({ times }: FlashBank, sectors: readonly Sector[], planned: ReadonlyMap<number, SectorPlan>): number =>
  sectors
    .filter(({ address }) => ["erase", "erase-program"].includes(planned.get(address)?.action ?? ""))
    .reduce((sum, { run }) => sum + (times.eraseSectorMs[run] ?? 0), 0);
