import { alignUp } from "../base/u32.ts";
import type { FlashAlgorithm } from "../chips/flash-algorithm.ts";
import type { BankKind, FlashBank, Range, SectorRun } from "../chips/flash-bank.ts";
import { overlap } from "../chips/sectors.ts";
import type { PackAlgorithm, PackDevice, PackMemory } from "./device.ts";

/** An algorithm of a device that was read. */
export interface ReadAlgorithm {
  readonly use: PackAlgorithm;
  readonly algorithm: FlashAlgorithm;
}

/**
 * The banks of a device: what each algorithm programs, as far as the pack, the algorithm, and a memory of the device all have
 * it. Of two algorithms for the same cells, the default one counts, else the first.
 */
export function banksOf({ memories }: PackDevice, algorithms: readonly ReadAlgorithm[]): readonly FlashBank[] {
  const hasDefault = algorithms.some(({ use }) => use.isDefault);
  const banks: FlashBank[] = [];
  for (const one of [...algorithms].sort((a, b) => Number(b.use.isDefault) - Number(a.use.isDefault))) {
    const kind = kindOf(one, hasDefault);
    for (const range of rangesOf(one, memories)) {
      if (banks.some((bank) => overlap(bank, range))) continue;
      const sectors = cut({ start: one.algorithm.flash.start, sectors: one.algorithm.sectors }, range);
      if (range.length > 0) banks.push(bankOf(one, range, sectors, kind, banks));
    }
  }
  return banks.sort((a, b) => RANKS.indexOf(a.kind) - RANKS.indexOf(b.kind) || a.start - b.start);
}

/** The bank that the core starts from comes first. */
const RANKS: readonly BankKind[] = ["main", "external", "option", "otp", "user-row"];

/** Names of what is no flash for firmware, although it has a flash algorithm. */
const NO_FIRMWARE = /option|\bopt\b|_opt|otp|uicr|user.?row|non.?main|fuse/i;

function kindOf({ use, algorithm }: ReadAlgorithm, hasDefault: boolean): BankKind {
  if (NO_FIRMWARE.test(`${use.path} ${algorithm.device}`)) return "option";
  if (algorithm.place === "external") return "external";
  return use.isDefault || !hasDefault ? "main" : "option";
}

/** What the pack, the algorithm and a memory that is no RAM have in common; without such a memory, the first two. */
function rangesOf({ use, algorithm }: ReadAlgorithm, memories: readonly PackMemory[]): readonly Range[] {
  const named = common(use, algorithm.flash);
  if (!named) return [];
  const parts = memories.flatMap((memory) => (memory.access.write ? [] : (common(memory, named) ?? [])));
  return parts.length > 0 ? parts : [named];
}

function common(a: Range, b: Range): Range | undefined {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.start + a.length, b.start + b.length);
  return end > start ? { start, length: end - start } : undefined;
}

/** Where runs of sectors begin. */
interface Cut {
  readonly start: number;
  readonly sectors: readonly SectorRun[];
}

/** The sectors that lie in a range as a whole. */
export function cut({ start, sectors }: Cut, range: Range): readonly SectorRun[] {
  let at = start;
  const runs: SectorRun[] = [];
  for (const { size, count } of sectors) {
    const from = Math.max(at, at + alignUp(Math.max(0, range.start - at), size));
    const to = Math.min(at + size * count, range.start + range.length);
    if (to - from >= size) runs.push({ size, count: Math.floor((to - from) / size) });
    at += size * count;
  }
  return runs;
}

function bankOf(
  { algorithm }: ReadAlgorithm,
  range: Range,
  sectors: readonly SectorRun[],
  kind: BankKind,
  others: readonly FlashBank[],
): FlashBank {
  const nth = others.filter((bank) => bank.kind === kind).length + 1;
  const canErase = algorithm.entries.eraseSector !== undefined && sectors.length > 0;
  const length = canErase ? sectors.reduce((sum, { size, count }) => sum + size * count, 0) : range.length;
  const unit = sectors.reduce((divisor, { size }) => gcd(divisor, size), algorithm.pageSize);
  return {
    id: nth === 1 ? kind : `${kind}${nth}`,
    name: algorithm.device,
    kind,
    start: range.start,
    length,
    sectors: canErase ? sectors : [],
    erased: algorithm.erased,
    // A page is programmed as a whole, and its rest is filled up: an algorithm may round up, with what lies behind.
    write: { unit, once: true, burst: { size: unit, unit } },
    readErased: "value",
    eraseNeeded: true,
    algorithm,
    times: timesOf(algorithm, sectors.length),
  };
}

/** An algorithm states limits only; a tenth of them serves as an estimate (unsure). */
function timesOf({ eraseMs, programMs }: FlashAlgorithm, runs: number) {
  const unitUs = programMs * 100;
  return {
    eraseSectorMs: Array.from({ length: runs }, () => eraseMs / 10),
    programUnitUs: unitUs,
    burstUnitUs: unitUs,
  };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
