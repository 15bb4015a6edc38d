import { wordsOf } from "../base/bytes.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import { address32, type u32 } from "../base/u32.ts";
import { ARM_PARTS, COMPONENT, COMPONENT_CLASS, DESIGNER_ARM, ROM_ENTRY } from "../registers/coresight.ts";
import { AdiError } from "./adi-error.ts";
import type { BatchMemory, Memory } from "./memory.ts";
import { wordReads } from "./word-ops.ts";

/** One debug component, by the identification registers in the last kilobyte of its 4 KB. */
export interface Component {
  readonly base: u32;
  /** CIDR3 to CIDR0, one byte each: `B105E00D`. 0 where the component cannot be read. */
  readonly cid: u32;
  /** PIDR3 to PIDR0, one byte each: `000BB00C`. 0 where the component cannot be read. */
  readonly pid: u32;
  /** JEP106 code of the designer: continuation in bits 10:7, identity in 6:0. */
  readonly designer: number;
  /** Of CoreSight components (class 9) only. */
  readonly devtype?: number;
  /** What the part is: `SCS`, `DWT`; undefined for a part that the list does not know. */
  readonly name?: string;
  /** The entries, where the component is itself a ROM table. */
  readonly table?: RomTable;
}

/** A ROM table and what it lists, in its order; entries marked as absent are left out. */
export interface RomTable {
  readonly base: u32;
  readonly cid: u32;
  readonly pid: u32;
  /** JEP106 code of who made the chip, or of Arm where the chip's maker has not filled it in. */
  readonly designer: number;
  readonly components: readonly Component[];
}

/** Time for the whole walk, in milliseconds; a Cortex-M's eight components take three round trips, one by one some fifteen. */
const WALK_MS = 10_000;

/** A table has room for 960 entries before its own identification registers (ADIv5.2 (IHI 0031F), D2.1). */
const MOST_ENTRIES = 960;

/** Entries read in one round trip; most tables of a Cortex-M fit. */
const ENTRIES_A_READ = 16;

/** Tables in tables beyond this depth are a loop, not a chip. */
const DEEPEST = 4;

/**
 * Reads the ROM table at `base` and everything it points to. Throws `rom-table-broken`, `memory-fault` where the table
 * itself cannot be read, and `WaitError`.
 */
export async function walkRomTable(memory: Walked, base: u32, clock: Clock, io: Io = {}): Promise<RomTable> {
  const bounded = within(clock, WALK_MS, io);
  const component = await describe(memory, base, await readIds(memory, base, bounded), 0, bounded);
  if (component.table) return component.table;
  const details = { base: address32(base), cid: address32(component.cid) };
  throw new AdiError("rom-table-broken", `There is no ROM table at ${details.base}`, { details });
}

/** A component without power or clock answers with a bus fault; it is listed all the same, with zeros. */
async function readComponent(memory: Walked, base: u32, depth: number, io: Io): Promise<Component> {
  const seen = await readIds(memory, base, io).catch((error) => {
    if (codeOf(error) !== "memory-fault") throw error;
    return { cid: 0, pid: 0, designer: 0 };
  });
  return describe(memory, base, seen, depth, io);
}

async function describe(memory: Walked, base: u32, seen: Seen, depth: number, io: Io): Promise<Component> {
  const component = { base, cid: seen.cid, pid: seen.pid, designer: seen.designer, ...nameOf(seen) };
  const kind = (seen.cid >>> 12) & 0xf;
  if (kind === COMPONENT_CLASS.romTable) return { ...component, table: await readTable(memory, component, depth, io) };
  if (kind !== COMPONENT_CLASS.coreSight) return component;
  const [devtype] =
    seen.devtype === undefined ? wordsOf(await memory.read(base + COMPONENT.DEVTYPE, 4, 32, io)) : [seen.devtype];
  return { ...component, devtype: devtype & 0xff };
}

/**
 * What all components of a table say of themselves, in one batch; undefined where it can't be one: a component without
 * power fails it for all of them.
 */
async function readAll(memory: Walked, bases: readonly u32[], io: Io): Promise<readonly Seen[] | undefined> {
  if (!memory.run || bases.length > MOST_TOGETHER) return undefined;
  const reads = bases.flatMap((base) => wordReads(base + COMPONENT.DEVTYPE, BATCHED_WORDS * 4));
  const words = await memory.run(reads, io).catch((error) => {
    if (codeOf(error) !== "memory-fault") throw error;
    return undefined;
  });
  return words && bases.map((_, i) => seenIn(words.subarray(i * BATCHED_WORDS, (i + 1) * BATCHED_WORDS)));
}

function seenIn([devtype, ...ids]: Uint32Array): Seen {
  return { ...idsIn(ids), devtype };
}

async function readTable(
  memory: Walked,
  { base, cid, pid, designer }: Component,
  depth: number,
  io: Io,
): Promise<RomTable> {
  if (depth >= DEEPEST) {
    const details = { base: address32(base) };
    throw new AdiError("rom-table-broken", `ROM tables are nested too deep at ${details.base}`, { details });
  }
  const present = (await readEntries(memory, base, io)).filter((entry) => entry & ROM_ENTRY.present);
  const bases = present.map((entry) => (base + (entry & ROM_ENTRY.offset)) >>> 0);
  const seen = await readAll(memory, bases, io);
  const components: Component[] = [];
  for (const [i, at] of bases.entries())
    components.push(
      seen ? await describe(memory, at, seen[i], depth + 1, io) : await readComponent(memory, at, depth + 1, io),
    );
  return { base, cid, pid, designer, components };
}

async function readEntries(memory: Walked, base: u32, io: Io): Promise<readonly u32[]> {
  const entries: u32[] = [];
  while (entries.length < MOST_ENTRIES) {
    const more = wordsOf(await memory.read(base + entries.length * 4, ENTRIES_A_READ * 4, 32, io));
    const end = more.indexOf(0);
    entries.push(...more.subarray(0, end < 0 ? more.length : end));
    if (end >= 0) break;
  }
  return entries;
}

/** What a walk reads: by one batch for all components of a table, where the memory takes batches. */
type Walked = Pick<Memory, "read"> & Partial<Pick<BatchMemory, "run">>;

/** Components read in one batch; a table with more is read one by one. */
const MOST_TOGETHER = 32;

/** From DEVTYPE (0xFCC) to CIDR3 (0xFFC). */
const BATCHED_WORDS = 13;

interface Ids {
  readonly cid: u32;
  readonly pid: u32;
  readonly designer: number;
}

/** What one component says of itself, with its DEVTYPE where that was read along. */
interface Seen extends Ids {
  readonly devtype?: number;
}

const readIds = async (memory: Walked, base: u32, io: Io): Promise<Ids> =>
  idsIn([...wordsOf(await memory.read(base + COMPONENT.PIDR4, 48, 32, io))]);

/** The identification registers from PIDR4 on. */
function idsIn(words: readonly u32[]): Ids {
  const pid = lowBytes(words.slice(4, 8));
  const designer = ((words[0] & 0xf) << 7) | ((pid >>> 12) & 0x7f);
  return { cid: lowBytes(words.slice(8, 12)), pid, designer };
}

const lowBytes = (words: readonly u32[]): u32 =>
  words.reduce<u32>((all, word, i) => all + (word & 0xff) * 2 ** (8 * i), 0);

function nameOf({ pid, designer }: Ids): { readonly name?: string } {
  const name = designer === DESIGNER_ARM ? ARM_PARTS[pid & 0xfff] : undefined;
  return name === undefined ? {} : { name };
}
