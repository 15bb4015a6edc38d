import { AdiError } from "../../../src/adi/adi-error.ts";
import type { Memory } from "../../../src/adi/memory.ts";
import { bytesOfWords, wordsOf } from "../../../src/base/bytes.ts";
import type { Clock } from "../../../src/base/clock.ts";
import { ID } from "../../../src/rtt/control-block.ts";

/** Where the tests' RAM begins. */
export const BASE = 0x20000000;

/** RAM with nothing around it; notes where the host has written, and how often it has read. */
export class Ram implements Memory {
  readonly bytes: Uint8Array;
  readonly written = new Set<number>();
  reads = 0;

  constructor(length = 0x4000) {
    this.bytes = new Uint8Array(length);
  }

  async read(address: number, count: number): Promise<Uint8Array> {
    this.reads += 1;
    return this.at(address, count).slice();
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    this.at(address, bytes.length).set(bytes);
    for (let i = 0; i < bytes.length; i++) this.written.add(address + i);
  }

  /** A word as the target sees it. */
  word(address: number): number {
    return wordsOf(this.at(address, 4))[0];
  }

  /** Words as the target writes them. */
  put(address: number, ...words: readonly number[]): void {
    this.at(address, 4 * words.length).set(bytesOfWords(words));
  }

  at(address: number, count: number): Uint8Array {
    const from = address - BASE;
    if (from < 0 || from + count > this.bytes.length) throw new AdiError("memory-fault", "nothing is there");
    return this.bytes.subarray(from, from + count);
  }
}

/** What a test's firmware sets up: buffers by place and size, up ones first. */
export interface Setup {
  readonly at: number;
  readonly up: readonly { readonly buffer: number; readonly size: number }[];
  readonly down: readonly { readonly buffer: number; readonly size: number }[];
}

/** One up buffer and one down buffer of uneven sizes. */
export const SETUP: Setup = {
  at: BASE + 0x1004,
  up: [{ buffer: BASE + 0x101, size: 13 }],
  down: [{ buffer: BASE + 0x203, size: 7 }],
};

/** Writes a control block as firmware does, all buffers empty; answers the addresses of its descriptors. */
export function setUp(ram: Ram, { at, up, down }: Setup = SETUP): readonly number[] {
  ram.at(at, 16).set(ID);
  ram.put(at + 16, up.length, down.length);
  return [...up, ...down].map(({ buffer, size }, i) => {
    const descriptor = at + 24 + 24 * i;
    ram.put(descriptor, 0, buffer, size, 0, 0, 0);
    return descriptor;
  });
}

/** The target's half of an up buffer: what it writes, as far as there is room. */
export function targetWrites(ram: Ram, descriptor: number, bytes: Iterable<number>): number {
  const [buffer, size] = [ram.word(descriptor + 4), ram.word(descriptor + 8)];
  let count = 0;
  for (const byte of bytes) {
    const [write, read] = [ram.word(descriptor + 12), ram.word(descriptor + 16)];
    if ((write + 1) % size === read) break;
    ram.at(buffer + write, 1)[0] = byte;
    ram.put(descriptor + 12, (write + 1) % size);
    count += 1;
  }
  return count;
}

/** The target's half of a down buffer: takes at most so many bytes. */
export function targetReads(ram: Ram, descriptor: number, most: number): number[] {
  const [buffer, size] = [ram.word(descriptor + 4), ram.word(descriptor + 8)];
  const taken: number[] = [];
  for (let read = ram.word(descriptor + 16); taken.length < most && read !== ram.word(descriptor + 12); ) {
    taken.push(ram.at(buffer + read, 1)[0]);
    read = (read + 1) % size;
    ram.put(descriptor + 16, read);
  }
  return taken;
}

/** A clock that a test sets. */
export class SetClock implements Clock {
  time = 0;
  now = () => this.time;
  sleep = async () => {};
  alarm = () => () => {};
}
