import type { Io } from "../base/clock.ts";
import { unsteadyMemory } from "../adi/read-twice.ts";
import { codeOf } from "../base/errors.ts";
import type { FlashGeometry } from "../chips/chip.ts";
import type { ChipContent, Readable, SectorContent } from "./content.ts";
import type { OnProgress } from "./progress.ts";

/** Unit in which a fault is pinned down: a phrase with its ECC (8 bytes on FTFE). */
const PHRASE = 8;

/** Bytes as read; those at the offsets in `unreadable` could not be, and read as 0. */
export interface TolerantRead {
  readonly bytes: Uint8Array;
  readonly unreadable: readonly number[];
}

/** How a tolerant read is limited. */
export interface ReadLimits extends Io {
  /** Phrases that may be unreadable before their fault is thrown; without it, all of them are found. */
  readonly mostUnreadable?: number;
}

/**
 * Reads `count` bytes and continues where an access faults: halves the range until single phrases are left, each of which
 * costs two accesses. Throws anything that is not a bus fault, and the fault itself beyond `mostUnreadable`.
 */
export async function readTolerant(
  memory: Readable,
  address: number,
  count: number,
  limits: ReadLimits = {},
): Promise<TolerantRead> {
  const from = address - (address % PHRASE);
  const to = Math.ceil((address + count) / PHRASE) * PHRASE;
  const bytes = new Uint8Array(to - from);
  const budget = { left: limits.mostUnreadable ?? Number.POSITIVE_INFINITY };
  const offsets = await fill(memory, from, bytes, 0, bytes.length, { ...limits, budget });
  const head = address - from;
  const unreadable = offsets.map((offset) => offset - head).filter((offset) => offset >= 0 && offset < count);
  return { bytes: bytes.slice(head, head + count), unreadable };
}

async function fill(
  memory: Readable,
  base: number,
  into: Uint8Array,
  from: number,
  to: number,
  io: Io & { readonly budget: { left: number } },
): Promise<number[]> {
  try {
    into.set(await memory.read(base + from, to - from, 32, io), from);
    return [];
  } catch (error) {
    if (codeOf(error) !== "memory-fault") throw error;
    if (to - from <= PHRASE && io.budget.left-- <= 0) throw error;
    if (to - from <= PHRASE) return Array.from({ length: to - from }, (_, i) => from + i);
    const middle = from + Math.ceil((to - from) / 2 / PHRASE) * PHRASE;
    return [...(await fill(memory, base, into, from, middle, io)), ...(await fill(memory, base, into, middle, to, io))];
  }
}

/** Which sectors to read, and which of them are read twice because their bytes are used again. */
export interface SectorReads {
  readonly addresses: readonly number[];
  readonly proven: (address: number) => boolean;
}

/**
 * Reads whole sectors, for a plan; unreadable phrases are named by the offset of their first byte.
 * Throws `unsteady-read` where a sector that is read twice was not the same.
 */
export async function readSectors(
  memory: Readable,
  flash: FlashGeometry,
  { addresses, proven }: SectorReads,
  onProgress: OnProgress = () => {},
  io: Io = {},
): Promise<ChipContent> {
  const content = new Map<number, SectorContent>();
  const twice = addresses.filter(proven);
  const total = (addresses.length + twice.length) * flash.sectorSize;
  let done = 0;
  const pass = async (sectors: readonly number[], take: (sector: SectorContent) => void) => {
    for (const [from, to] of joined(sectors, flash.sectorSize)) {
      onProgress({ phase: "compare", done, total });
      const read = await readTolerant(memory, from, to - from, io);
      for (let at = from; at < to; at += flash.sectorSize) take(sectorOf(read, at - from, at, flash));
      done += to - from;
    }
  };
  await pass(addresses, (sector) => content.set(sector.address, sector));
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

function sectorOf(read: TolerantRead, offset: number, address: number, flash: FlashGeometry): SectorContent {
  const inside = read.unreadable.map((o) => o - offset).filter((o) => o >= 0 && o < flash.sectorSize);
  const unreadable = inside.filter((o) => o % flash.phraseSize === 0);
  return { address, bytes: read.bytes.slice(offset, offset + flash.sectorSize), unreadable };
}

/** Neighbouring sectors as ranges, of at most 64 KB so that progress moves. */
function joined(addresses: readonly number[], size: number): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const at of addresses) {
    const last = ranges.at(-1);
    if (last && last[1] === at && at - last[0] < 0x10000) last[1] = at + size;
    else ranges.push([at, at + size]);
  }
  return ranges;
}
