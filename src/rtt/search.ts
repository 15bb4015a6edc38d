import type { Memory } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import { alignDown, alignUp, type u32 } from "../base/u32.ts";
import {
  type AddressRange,
  blockLength,
  type ControlBlock,
  HEADER_LENGTH,
  ID,
  isId,
  parseBlock,
} from "./control-block.ts";

/** Bytes that one step of the search reads: some milliseconds on a slow wire. */
const STEP = 4096;

/** RAM of an unnamed chip: where most Cortex-M have it, and the least that they have (unsure). */
export const USUAL_RAM: readonly AddressRange[] = [{ start: 0x20000000, length: 0x4000 }];

/** A search for the control block through ranges of RAM, step by step, so that other requests are served in between. */
export class BlockSearch {
  private readonly memory: Memory;
  private readonly ranges: readonly AddressRange[];
  private range = 0;
  private offset = 0;

  constructor(memory: Memory, ranges: readonly AddressRange[]) {
    this.memory = memory;
    this.ranges = ranges.map(wordAligned).filter(({ length }) => length >= HEADER_LENGTH);
  }

  /** Whether every range has been looked through. */
  get isOver(): boolean {
    return this.range >= this.ranges.length;
  }

  /** Starts from the beginning. */
  restart(): void {
    this.range = 0;
    this.offset = 0;
  }

  /** Searches one step further; returns a usable block, and continues behind it. */
  async step(io: Io = {}): Promise<ControlBlock | undefined> {
    if (this.isOver) return undefined;
    const { start, length } = this.ranges[this.range];
    const at = start + this.offset;
    const count = Math.min(STEP, length - this.offset);
    const bytes = await read(this.memory, at, count, io);
    this.advance(bytes === undefined ? length : this.offset + count, length);
    for (const offset of bytes ? idsIn(bytes) : []) {
      const block = await readUsableBlock(this.memory, at + offset, io);
      if (block) return block;
    }
    return undefined;
  }

  /** The next step overlaps, so that an ID across the border is seen. */
  private advance(next: number, length: number): void {
    this.offset = next < length ? next - (ID.length - 4) : 0;
    if (next >= length) this.range += 1;
  }
}

/** Reads the block at an address; throws `rtt-block-broken` where there is none that can be used. */
export async function readBlock(memory: Memory, address: u32, io: Io = {}): Promise<ControlBlock> {
  const header = await memory.read(address, HEADER_LENGTH, 32, io);
  return parseBlock(address, await memory.read(address, blockLength(address, header), 32, io));
}

/** A copy of the ID, a block that is being filled in, a pointer into nothing: no reason to end a search. */
async function readUsableBlock(memory: Memory, address: u32, io: Io): Promise<ControlBlock | undefined> {
  try {
    return await readBlock(memory, address, io);
  } catch (error) {
    if (codeOf(error) === "rtt-block-broken" || codeOf(error) === "memory-fault") return undefined;
    throw error;
  }
}

/** Undefined where the chip refuses: a range that it doesn't have is left out. */
async function read(memory: Memory, at: u32, count: number, io: Io): Promise<Uint8Array | undefined> {
  try {
    return await memory.read(at, count, 32, io);
  } catch (error) {
    if (codeOf(error) === "memory-fault") return undefined;
    throw error;
  }
}

/** The compiler puts the block on a word's border, because it holds words. */
const idsIn = (bytes: Uint8Array): readonly number[] =>
  Array.from({ length: bytes.length / 4 }, (_, i) => 4 * i).filter((at) => bytes[at] === ID[0] && isId(bytes, at));

function wordAligned({ start, length }: AddressRange): AddressRange {
  const first = alignUp(start, 4);
  return { start: first, length: Math.max(0, alignDown(Math.min(start + length, 2 ** 32), 4) - first) };
}
