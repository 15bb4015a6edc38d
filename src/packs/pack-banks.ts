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
 * it, from its first whole sector to its last. Of two algorithms for the same cells, the default one counts, else the first.
 */
export function banksOf(
  { memories, algorithms: uses }: PackDevice,
  algorithms: readonly ReadAlgorithm[],
): readonly FlashBank[] {
  // One that can't be read counts, too: where it is the default one, no other stands in for it. IAR's have their own default.
  const hasDefault = uses.some(({ isDefault, style }) => isDefault && style !== "IAR");
  const banks: FlashBank[] = [];
  for (const one of [...algorithms].sort((a, b) => Number(b.use.isDefault) - Number(a.use.isDefault))) {
    const kind = kindOf(one, hasDefault);
    for (const range of rangesOf(one, memories)) {
      if (banks.some((bank) => overlap(bank, range))) continue;
      const whole = wholeSectors(one.algorithm, range);
      if (whole.sectors.length > 0) banks.push(bankOf(one, whole, kind, banks));
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
  // What a device has beside its default flash may be on no board: it is changed where it is named.
  if (hasDefault && !use.isDefault) return "option";
  return algorithm.place === "external" ? "external" : "main";
}

/**
 * What the pack, the algorithm and a memory have in common: a memory that is no RAM where there is one, else one whatever it
 * says of itself, because what an algorithm programs is no RAM. Without such a memory, the first two.
 */
function rangesOf({ use, algorithm }: ReadAlgorithm, memories: readonly PackMemory[]): readonly Range[] {
  const named = common(use, algorithm.flash);
  if (!named) return [];
  const parts = memories.flatMap((memory) => {
    const range = common(memory, named);
    return range ? [{ range, isWritten: memory.access.write }] : [];
  });
  const readOnly = parts.filter(({ isWritten }) => !isWritten);
  const found = (readOnly.length > 0 ? readOnly : parts).map(({ range }) => range);
  return found.length > 0 ? found : [named];
}

function common(a: Range, b: Range): Range | undefined {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.start + a.length, b.start + b.length);
  return end > start ? { start, length: end - start } : undefined;
}

/** Runs of sectors, and where they begin. */
export interface Cut {
  readonly start: number;
  readonly sectors: readonly SectorRun[];
}

/** The sectors that lie in a range as a whole, from the first one of them on. */
export function cut({ start, sectors }: Cut, range: Range): Cut {
  let at = start;
  let first: number | undefined;
  const runs: SectorRun[] = [];
  for (const { size, count } of sectors) {
    const from = at + alignUp(Math.max(0, range.start - at), size);
    const to = Math.min(at + size * count, range.start + range.length);
    if (to - from >= size) {
      first ??= from;
      runs.push({ size, count: Math.floor((to - from) / size) });
    }
    at += size * count;
  }
  return { start: first ?? range.start, sectors: runs };
}

/** Bytes of all sectors together. */
const sizeOf = ({ sectors }: Pick<Cut, "sectors">): number =>
  sectors.reduce((sum, { size, count }) => sum + size * count, 0);

/** The most that one call programs without crossing a page or a sector. */
const unitOf = ({ sectors, pageSize }: FlashAlgorithm): number =>
  sectors.reduce((divisor, { size }) => gcd(divisor, size), pageSize);

const canErase = ({ entries }: FlashAlgorithm): boolean => entries.eraseSector !== undefined;

/** The sectors of an algorithm in a range; of one that can't erase, what it programs at once. */
function wholeSectors(algorithm: FlashAlgorithm, range: Range): Cut {
  const { start, length } = algorithm.flash;
  const size = unitOf(algorithm);
  const units = [{ size, count: Math.floor(length / size) }];
  return cut({ start, sectors: canErase(algorithm) ? algorithm.sectors : units }, range);
}

function bankOf({ algorithm }: ReadAlgorithm, whole: Cut, kind: BankKind, others: readonly FlashBank[]): FlashBank {
  const nth = others.filter((bank) => bank.kind === kind).length + 1;
  const sectors = canErase(algorithm) ? whole.sectors : [];
  const unit = unitOf(algorithm);
  return {
    id: nth === 1 ? kind : `${kind}${nth}`,
    name: algorithm.device,
    kind,
    start: whole.start,
    length: sizeOf(whole),
    sectors,
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
