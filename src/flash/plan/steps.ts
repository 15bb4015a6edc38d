import { equalBytes } from "../../base/bytes.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import { isErased } from "../content.ts";
import { rulesIn, unitsOf } from "./field-rules.ts";
import { rangeOf, type SectorPlan } from "./sector-plan.ts";

/** Bytes that follow an erase at once: whole write units, ascending and apart. */
export interface Write {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/**
 * One act on a bank, in the order in which it happens. An erase carries the writes that have to follow it at once: where
 * blank bytes lock the chip, nothing comes between the two.
 */
export type FlashStep =
  /** Erases every sector of the bank. */
  | { readonly step: "erase-bank"; readonly bank: FlashBank; readonly atOnce: readonly Write[] }
  /** Erases the sectors of one of the bank's blocks. */
  | {
      readonly step: "erase-block";
      readonly bank: FlashBank;
      readonly address: number;
      readonly length: number;
      readonly atOnce: readonly Write[];
    }
  | {
      readonly step: "erase-sector";
      readonly bank: FlashBank;
      readonly address: number;
      readonly atOnce: readonly Write[];
    }
  /** Looks whether the sector really is erased, weak bits included, and erases it where it is not. */
  | {
      readonly step: "ensure-blank";
      readonly bank: FlashBank;
      readonly address: number;
      readonly atOnce: readonly Write[];
    }
  /** Programs whole write units: one of them, or at most one burst. */
  | { readonly step: "program"; readonly bank: FlashBank; readonly address: number; readonly bytes: Uint8Array };

/**
 * The steps that bring one sector to its planned content.
 *
 * The write units of a field that would lock the chip while it is blank go with the erase, so that only this one erase
 * and this one command leave a window in which a power cut locks it; bursts run around them.
 */
export function stepsFor(chip: Chip, sector: SectorPlan): readonly FlashStep[] {
  const { bank, address } = sector;
  if (bank.sectors.length === 0 || !bank.eraseNeeded) return overwriteSteps(sector);
  if (sector.action === "unchanged") return margin(sector);
  const step = sector.action === "program" ? "ensure-blank" : "erase-sector";
  const then = writesWithErase(chip, sector);
  return [{ step, bank, address, atOnce: then }, ...writesFor(sector, then)];
}

/** Bytes that read as wanted are left alone; erased ones may be the weak bits of an interrupted erase. */
const margin = ({ bank, address, content }: SectorPlan): readonly FlashStep[] =>
  isErased(content, bank) ? [{ step: "ensure-blank", bank, address, atOnce: [] }] : [];

/** What follows the sector's erase at once: the write units of the fields that ask for it. */
export function writesWithErase(chip: Chip, sector: SectorPlan): readonly Write[] {
  const { bank, address, content } = sector;
  const units = rulesIn(chip, rangeOf(sector)).flatMap((rule) => (rule.withErase ? [unitsOf(bank, rule)] : []));
  return joined(units).map(({ start, length }) => ({
    address: start,
    bytes: content.slice(start - address, start - address + length),
  }));
}

/** Fields that share a write unit are written once. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const all: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (!last || range.start >= last.start + last.length) all.push(range);
    else all[all.length - 1] = { ...last, length: Math.max(last.length, range.start + range.length - last.start) };
  }
  return all;
}

/** The writes of an erased sector, all but what went with its erase: first what is no whole burst unit, then the bursts. */
export function writesFor(sector: SectorPlan, then: readonly Write[]): readonly FlashStep[] {
  const ends = [...then.map(({ address }) => address), sector.address + sector.content.length];
  const starts = [sector.address, ...then.map(({ address, bytes }) => address + bytes.length)];
  const pieces = starts.flatMap((start, i) => piecesOf(sector.bank, start, ends[i]));
  return [
    ...pieces.filter(({ isBurst }) => !isBurst).flatMap((piece) => unitSteps(sector, piece)),
    ...pieces.filter(({ isBurst }) => isBurst).flatMap((piece) => burstSteps(sector, piece)),
  ];
}

/** Addresses that one burst takes, or that bursts leave over. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly isBurst: boolean;
}

/** A range cut where bursts end, and each piece into its whole burst units and what is left at its ends. */
function piecesOf({ start, write }: FlashBank, from: number, to: number): readonly Piece[] {
  const { size, unit } = write.burst;
  const down = (at: number, step: number) => at - ((at - start) % step);
  const pieces: Piece[] = [];
  for (let at = from; at < to; ) {
    const end = Math.min(to, down(at, size) + size);
    const first = Math.min(end, down(at + unit - 1, unit));
    const last = Math.max(first, down(end, unit));
    pieces.push({ from: at, to: first, isBurst: false }, { from: first, to: last, isBurst: true });
    pieces.push({ from: last, to: end, isBurst: false });
    at = end;
  }
  return pieces.filter((piece) => piece.from < piece.to);
}

/** One write for each unit that is not erased. */
function unitSteps({ bank, address, content }: SectorPlan, { from, to }: Piece): readonly FlashStep[] {
  const steps: FlashStep[] = [];
  for (let at = from; at < to; at += bank.write.unit) {
    const bytes = content.slice(at - address, at - address + bank.write.unit);
    if (!isErased(bytes, bank)) steps.push({ step: "program", bank, address: at, bytes });
  }
  return steps;
}

/** One burst without erased units at either end; none where all of it is erased. */
function burstSteps({ bank, address, content }: SectorPlan, { from, to }: Piece): readonly FlashStep[] {
  const { unit } = bank.write.burst;
  const blank = (at: number) => isErased(content.subarray(at - address, at - address + unit), bank);
  let [first, last] = [from, to];
  while (first < last && blank(first)) first += unit;
  while (last > first && blank(last - unit)) last -= unit;
  if (first >= last) return [];
  return [{ step: "program", bank, address: first, bytes: content.slice(first - address, last - address) }];
}

/** Where nothing is erased: every run of write units that has to become something else. */
function overwriteSteps(sector: SectorPlan): readonly FlashStep[] {
  const { bank, address, content } = sector;
  const { unit } = bank.write;
  const steps: FlashStep[] = [];
  for (let at = 0; at < content.length; ) {
    const from = at;
    while (at < content.length && !stands(sector, at)) at += unit;
    steps.push(...piecesOf(bank, address + from, address + at).flatMap((piece) => writes(sector, piece)));
    if (at === from) at += unit;
  }
  return steps;
}

/** Whether a write unit is as wanted already; where nothing was read, erased cells of a once-only bank are. */
function stands({ bank, content, now }: SectorPlan, at: number): boolean {
  const wanted = content.subarray(at, at + bank.write.unit);
  if (now) return equalBytes(now.subarray(at, at + bank.write.unit), wanted);
  return bank.eraseNeeded && isErased(wanted, bank);
}

function writes({ bank, address, content }: SectorPlan, { from, to, isBurst }: Piece): readonly FlashStep[] {
  const size = isBurst ? to - from : bank.write.unit;
  return Array.from({ length: (to - from) / size }, (_, i): FlashStep => {
    const at = from + i * size;
    return { step: "program", bank, address: at, bytes: content.slice(at - address, at - address + size) };
  });
}
