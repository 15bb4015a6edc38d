import type { Io } from "../base/clock.ts";
import { address32, type u32 } from "../base/u32.ts";
import { AdiError } from "./adi-error.ts";
import { blockReads, readBlock, type ReadOp } from "./block.ts";
import type { BatchMemory, Memory } from "./memory.ts";

/**
 * Reads a range twice and compares: what a probe's answers don't prove by themselves is proved at their end. For memory
 * that does not change in between, never for registers. Throws `unsteady-read` and what `memory` throws.
 */
export async function readTwice(memory: Memory, address: u32, count: number, io: Io = {}): Promise<Uint8Array> {
  const first = await readBlock(memory, address, count, io);
  return steady(address, first, await readBlock(memory, address, count, io));
}

/** The same for a few bytes, both readings in one batch. */
export async function lookTwice(memory: BatchMemory, address: u32, count: number, io: Io = {}): Promise<Uint8Array> {
  return seenTwice(address, count, await memory.run(twoLooks(address, count), io));
}

/** Both readings of a few bytes, as a part of a batch; `seenTwice` has the bytes of their words. */
export const twoLooks = (address: u32, count: number): readonly ReadOp[] => [
  ...blockReads(address, count),
  ...blockReads(address, count),
];

/** The bytes in the words of `twoLooks`; throws `unsteady-read`. */
export function seenTwice(address: u32, count: number, words: Uint32Array): Uint8Array {
  const ops = blockReads(address, count);
  return steady(address, bytesOf(ops, words.subarray(0, ops.length)), bytesOf(ops, words.subarray(ops.length)));
}

function steady(address: u32, first: Uint8Array, second: Uint8Array): Uint8Array {
  const at = first.findIndex((byte, i) => byte !== second[i]);
  if (at >= 0) throw unsteadyMemory(address + at);
  return first;
}

const bytesOf = (ops: readonly ReadOp[], words: Uint32Array): Uint8Array =>
  Uint8Array.from(ops.flatMap(({ width }, i) => Array.from({ length: width / 8 }, (_, at) => words[i] >>> (8 * at))));

/** The error of memory that was not the same when it was read again. */
export const unsteadyMemory = (address: u32): AdiError =>
  unsteadyRead(`The memory at ${address32(address)}`, { address: address32(address) });

/** The error of anything that was not the same when it was read again. */
export const unsteadyRead = (what: string, details: { readonly [name: string]: string } = {}): AdiError =>
  new AdiError("unsteady-read", `${what} was not the same when it was read again`, { details });
