import { codeOf } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { FoundThreads, KernelMemory } from "./thread.ts";

/** Bytes of a name that are read at once; memories end at multiples of them. */
const PIECE = 16;

/** What `read` answers; undefined where memory refuses it. Throws everything else. */
export async function unlessUnreadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (codeOf(error) === "memory-fault") return undefined;
    throw error;
  }
}

/** A thread's name up to its 0, no further read than to there; undefined where it can't be read or is none. */
export async function nameAt(memory: KernelMemory, address: number, most = 32): Promise<string | undefined> {
  if (address === 0) return undefined;
  let text = "";
  for (let at = address; text.length < most; ) {
    const length = Math.min(PIECE - (at % PIECE), most - text.length);
    const bytes = await unlessUnreadable(() => memory.bytes(at, length));
    if (!bytes) return undefined;
    const end = bytes.indexOf(0);
    text += String.fromCharCode(...bytes.subarray(0, end < 0 ? length : end));
    if (end >= 0) break;
    at += length;
  }
  return /^[\x20-\x7e]*$/.test(text) ? text : undefined;
}

/** The name that a pointer leads to; empty where there is none. */
export const namedBy = async (memory: KernelMemory, pointer: number): Promise<string> =>
  (await nameAt(memory, pointer)) ?? "";

/** Numbers in a block of memory, little-endian. */
export interface Block {
  word(offset: number): number;
  half(offset: number): number;
  byte(offset: number): number;
}

/** Reads a block at once. */
export async function blockAt(memory: KernelMemory, address: number, length: number): Promise<Block> {
  const bytes = await memory.bytes(address, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    word: (offset) => view.getUint32(offset, true),
    half: (offset) => view.getUint16(offset, true),
    byte: (offset) => view.getUint8(offset),
  };
}

/** One byte as a signed number. */
export const signed8 = (byte: number): number => (byte << 24) >> 24;

/** Bytes up to the last of the given members, words all of them. */
export const spanOf = (at: { readonly [name: string]: number }): number => Math.max(...Object.values(at)) + 4;

/**
 * The control blocks of a chain, which ends at 0 or at its first one. It is left with a note where it leaves memory or
 * closes elsewhere.
 */
export async function* chain(
  first: number,
  next: (at: number) => Promise<number>,
  found: FoundThreads,
  what: string,
): AsyncGenerator<number> {
  const seen = new Set<number>();
  for (let at = first; at !== 0 && !(at === first && seen.size > 0); ) {
    const after = seen.has(at) || at % 4 !== 0 ? undefined : await unlessUnreadable(() => next(at));
    if (after === undefined) return found.note(brokenAt(what, at));
    if (found.isFull) return found.note(TOO_MANY);
    seen.add(at);
    yield at;
    at = after;
  }
}

/** Where a list is broken, in a sentence. */
export const brokenAt = (what: string, at: number): string =>
  `${what} is broken at ${address32(at)}: the threads behind it are not shown`;

/** More than `MOST_THREADS`. */
export const TOO_MANY = "there are more threads than are shown";
