import type { Memory } from "../adi/memory.ts";
import { bytesOfWords, concatBytes } from "../base/bytes.ts";
import { type Clock, type Io, MILLISECOND, type Picoseconds } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import { address32, alignDown, alignUp, type u32 } from "../base/u32.ts";
import { type AddressRange, type ControlBlock, OFFSETS, type Ring } from "./control-block.ts";
import { behind, readable, type Span, writable } from "./ring.ts";
import { RttError } from "./rtt-error.ts";
import { BlockSearch, readBlock } from "./search.ts";

/** Where the control block is: at an address, or somewhere in ranges of RAM. */
export interface RttPlace {
  readonly address?: u32;
  readonly ranges: readonly AddressRange[];
}

/** Most bytes that one call moves, so that a deep buffer on a slow wire doesn't hold up the others. */
const MOST = 8192;

/** How long the search rests when it has looked everywhere in vain: the firmware may not have begun yet. */
const SEARCH_PAUSE: Picoseconds = 200 * MILLISECOND;

/**
 * Real Time Transfer: bytes to and from a running target by ring buffers in its RAM (UM08001 V6.22, chapter 13).
 *
 * The host owns the read offset of an up buffer and the write offset of a down buffer, the target the other two.
 * Every value of the target is checked: a block that has become invalid is dropped and searched again,
 * as after a reset of the target.
 */
export class Rtt {
  private readonly memory: Memory;
  private readonly clock: Clock;
  private readonly place: RttPlace;
  private readonly search: BlockSearch;
  private block: ControlBlock | undefined;
  /** Where the block was last: restarted firmware puts it there again. */
  private last: u32 | undefined;
  private pausedUntil: Picoseconds = 0;
  private failed = 0;

  constructor(memory: Memory, clock: Clock, place: RttPlace) {
    this.memory = memory;
    this.clock = clock;
    this.place = place;
    this.search = new BlockSearch(memory, place.ranges);
  }

  /** How often every place has been looked at in vain since a block was there. */
  get failedSearches(): number {
    return this.failed;
  }

  /** The block as it is now, read again; or, where none is known, one more step of the search for it. */
  async look(io: Io = {}): Promise<ControlBlock | undefined> {
    if (this.block) await this.lookAgain(this.block.address, io);
    else if (this.clock.now() >= this.pausedUntil) this.block = await this.seek(io);
    if (!this.block) return undefined;
    this.failed = 0;
    this.last = this.block.address;
    return this.block;
  }

  /** Takes what a channel's up buffer holds, a few KB at most; throws `rtt-no-channel`. */
  async read(channel: number, io: Io = {}): Promise<Uint8Array> {
    const ring = this.ring("up", channel);
    const spans = readable(ring, MOST);
    if (spans.length === 0) return new Uint8Array(0);
    const parts: Uint8Array[] = [];
    for (const span of spans) parts.push(await this.readSpan(ring, span, io));
    await this.setOffset(ring, "read", behind(spans, ring.size), io);
    return concatBytes(parts);
  }

  /** Puts bytes into a channel's down buffer; answers how many there was room for. Throws `rtt-no-channel`. */
  async write(channel: number, bytes: Uint8Array, io: Io = {}): Promise<number> {
    const ring = this.ring("down", channel);
    const spans = writable(ring, Math.min(bytes.length, MOST));
    let written = 0;
    for (const { at, length } of spans) {
      await this.memory.write(ring.buffer + at, bytes.subarray(written, written + length), 8, io);
      written += length;
    }
    // The bytes first: the offset makes them visible to the target.
    if (written > 0) await this.setOffset(ring, "write", behind(spans, ring.size), io);
    return written;
  }

  /** A block that has gone is searched from the beginning. */
  private async lookAgain(address: u32, io: Io): Promise<void> {
    this.block = await this.readAt(address, io);
    if (!this.block) this.search.restart();
  }

  private ring(direction: "up" | "down", channel: number): Ring {
    const ring = this.block?.[direction][channel];
    if (ring && ring.size > 0) return ring;
    const text = `The target has no ${direction} buffer for the RTT channel ${channel}`;
    throw new RttError("rtt-no-channel", text, { details: { channel, direction } });
  }

  private async seek(io: Io): Promise<ControlBlock | undefined> {
    const { address } = this.place;
    const likely = address ?? this.last;
    const there = likely === undefined ? undefined : await this.readAt(likely, io);
    const found = there ?? (address === undefined ? await this.search.step(io) : undefined);
    if (!found && (address !== undefined || this.search.isOver)) this.pause();
    return found;
  }

  private pause(): void {
    this.search.restart();
    this.failed += 1;
    this.pausedUntil = this.clock.now() + SEARCH_PAUSE;
  }

  /** Undefined where there is no block any more, or none yet. */
  private async readAt(address: u32, io: Io): Promise<ControlBlock | undefined> {
    try {
      return await readBlock(this.memory, address, io);
    } catch (error) {
      if (codeOf(error) === "rtt-block-broken" || codeOf(error) === "memory-fault") return undefined;
      throw error;
    }
  }

  /** By whole words, which are four times as fast as bytes; reading a neighbour changes nothing in RAM. */
  private async readSpan({ buffer }: Ring, { at, length }: Span, io: Io): Promise<Uint8Array> {
    const [from, to] = [buffer + at, buffer + at + length];
    const start = alignDown(from, 4);
    const words = await this.memory.read(start, alignUp(to, 4) - start, 32, io);
    return words.slice(from - start, to - start);
  }

  private async setOffset(ring: Ring, which: keyof typeof OFFSETS, value: number, io: Io): Promise<void> {
    await this.memory.write(ring.address + OFFSETS[which], bytesOfWords([value]), 32, io);
    const next = which === "read" ? { ...ring, readOffset: value } : { ...ring, writeOffset: value };
    const put = (rings: readonly Ring[]) => rings.map((each) => (each === ring ? next : each));
    if (this.block) this.block = { ...this.block, up: put(this.block.up), down: put(this.block.down) };
  }
}

/** What an error about a block that never appeared says. */
export const blockNotFound = ({ address, ranges }: RttPlace): RttError => {
  const parts = ranges.map(({ start, length }) => `${address32(start)}:+${length}`);
  const where = address === undefined ? parts.join(", ") : address32(address);
  return new RttError("rtt-not-found", `No RTT control block was found in ${where}`, { details: { where } });
};
