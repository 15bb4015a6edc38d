import type { Io } from "../base/clock.ts";
import { unsteadyMemory } from "../adi/read-twice.ts";
import { concatBytes } from "../base/bytes.ts";
import { codeOf } from "../base/errors.ts";
import type { FlashBank } from "../chips/flash-bank.ts";
import { holds, type Sector } from "../chips/sectors.ts";
import type { ChipContent, Readable, SectorContent } from "./content.ts";
import type { OnProgress } from "./progress.ts";

/** Unit in which a fault outside of all banks is pinned down: a word. In a bank it is the write unit with its ECC. */
const WORD = 4;

/** Bytes as read; those at the offsets in `unreadable` could not be, and read as 0. */
export interface TolerantRead {
  readonly bytes: Uint8Array;
  readonly unreadable: readonly number[];
}

/** How a tolerant read is limited. */
export interface ReadLimits extends Io {
  /** Write units that may be unreadable before their fault is thrown; without it, all of them are found. */
  readonly mostUnreadable?: number;
  /** The chip's banks, which say how large those units are, and what erased cells do that can't be read. */
  readonly banks?: readonly FlashBank[];
}

/**
 * Reads `count` bytes and continues where an access faults: halves the range until single write units are left, each of
 * which costs two accesses. Throws anything that is not a bus fault, and the fault itself beyond `mostUnreadable`. Where
 * erased cells answer with a fault by design, they are the erased value, and not unreadable.
 */
export async function readTolerant(
  memory: Readable,
  address: number,
  count: number,
  limits: ReadLimits = {},
): Promise<TolerantRead> {
  const budget = { left: limits.mostUnreadable ?? Number.POSITIVE_INFINITY };
  const parts: TolerantRead[] = [];
  for (const part of partsOf(address, count, limits.banks ?? []))
    parts.push(await readPart(memory, part, { ...limits, budget }));
  if (parts.length === 1) return parts[0];
  const bytes = concatBytes(parts.map((part) => part.bytes));
  let before = 0;
  const unreadable = parts.flatMap((part) => {
    const offset = before;
    before += part.bytes.length;
    return part.unreadable.map((at) => at + offset);
  });
  return { bytes, unreadable };
}

/** A range within one bank, or outside of all. */
interface Part {
  readonly start: number;
  readonly length: number;
  readonly bank: FlashBank | undefined;
}

/** A range cut at the borders of banks. */
function partsOf(address: number, count: number, banks: readonly FlashBank[]): readonly Part[] {
  const borders = banks.flatMap(({ start, length }) => [start, start + length]);
  const parts: Part[] = [];
  for (let at = address; at < address + count || parts.length === 0; ) {
    const end = Math.min(address + count, ...borders.filter((border) => border > at));
    parts.push({ start: at, length: end - at, bank: banks.find((bank) => holds(bank, at)) });
    at = Math.max(end, at + 1);
  }
  return parts;
}

async function readPart(memory: Readable, { start, length, bank }: Part, limits: FillLimits): Promise<TolerantRead> {
  const unit = bank?.write.unit ?? WORD;
  const from = start - (start % unit);
  const to = Math.ceil((start + length) / unit) * unit;
  const bytes = new Uint8Array(to - from);
  const offsets = await fill({ memory, base: from, into: bytes, unit }, 0, bytes.length, limits);
  const head = start - from;
  const found = offsets.map((offset) => offset - head).filter((offset) => offset >= 0 && offset < length);
  if (bank?.readErased === "faults") for (const offset of offsets) bytes[offset] = bank.erased;
  return { bytes: bytes.slice(head, head + length), unreadable: bank?.readErased === "faults" ? [] : found };
}

interface FillLimits extends Io {
  readonly budget: { left: number };
}

/** Where bytes are read from and to, and how small a faulty access is made. */
interface Filling {
  readonly memory: Readable;
  readonly base: number;
  readonly into: Uint8Array;
  readonly unit: number;
}

async function fill(filling: Filling, from: number, to: number, io: FillLimits): Promise<number[]> {
  const { memory, base, into, unit } = filling;
  try {
    into.set(await memory.read(base + from, to - from, 32, io), from);
    return [];
  } catch (error) {
    if (codeOf(error) !== "memory-fault") throw error;
    if (to - from <= unit && io.budget.left-- <= 0) throw error;
    if (to - from <= unit) return Array.from({ length: to - from }, (_, i) => from + i);
    const middle = from + Math.ceil((to - from) / 2 / unit) * unit;
    return [...(await fill(filling, from, middle, io)), ...(await fill(filling, middle, to, io))];
  }
}

/** Which sectors to read, and which of them are read twice because their bytes are used again. */
export interface SectorReads {
  readonly sectors: readonly Sector[];
  readonly proven: (sector: Sector) => boolean;
}

/**
 * Reads whole sectors, for a plan; unreadable write units are named by the offset of their first byte.
 * Throws `unsteady-read` where a sector that is read twice was not the same.
 */
export async function readSectors(
  memory: Readable,
  { sectors, proven }: SectorReads,
  onProgress: OnProgress = () => {},
  io: Io = {},
): Promise<ChipContent> {
  const content = new Map<number, SectorContent>();
  const twice = sectors.filter(proven);
  const total = [...sectors, ...twice].reduce((sum, { size }) => sum + size, 0);
  const banks = [...new Set(sectors.map(({ bank }) => bank))];
  let done = 0;
  const pass = async (wanted: readonly Sector[], take: (sector: SectorContent) => void) => {
    for (const run of joined(wanted)) {
      onProgress({ phase: "compare", done, total });
      const [from, length] = [run[0].address, run.reduce((sum, { size }) => sum + size, 0)];
      const read = await readTolerant(memory, from, length, { ...io, banks });
      for (const sector of run) take(contentOf(read, sector.address - from, sector));
      done += length;
    }
  };
  await pass(sectors, (sector) => content.set(sector.address, sector));
  await pass(twice, (again) => checkSame(content, again));
  onProgress({ phase: "compare", done: total, total });
  return content;
}

function checkSame(content: ChipContent, { address, bytes, unreadable }: SectorContent): void {
  const before = content.get(address);
  const odd = bytes.findIndex((byte, i) => byte !== before?.bytes[i]);
  if (odd >= 0) throw unsteadyMemory(address + odd);
  if (unreadable.join() !== before?.unreadable.join()) throw unsteadyMemory(address);
}

function contentOf(read: TolerantRead, offset: number, { address, size, bank }: Sector): SectorContent {
  const inside = read.unreadable.map((o) => o - offset).filter((o) => o >= 0 && o < size);
  const unreadable = inside.filter((o) => o % bank.write.unit === 0);
  return { address, bytes: read.bytes.slice(offset, offset + size), unreadable };
}

/** Bytes of one reading, so that progress moves. */
const PIECE = 0x10000;

/** Neighbouring sectors together, up to the one that makes 64 KB full. */
function joined(sectors: readonly Sector[]): readonly (readonly [Sector, ...Sector[]])[] {
  const runs: [Sector, ...Sector[]][] = [];
  for (const sector of sectors) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const follows = last !== undefined && last.address + last.size === sector.address;
    if (run && follows && sector.address - run[0].address < PIECE) run.push(sector);
    else runs.push([sector]);
  }
  return runs;
}
