import type { Io } from "../base/clock.ts";
import { address32, type u32 } from "../base/u32.ts";
import { AdiError } from "./adi-error.ts";
import { readBlock } from "./block.ts";
import type { Memory } from "./memory.ts";

/**
 * Reads a range twice and compares: what a probe's answers don't prove by themselves is proved at their end. For memory
 * that does not change in between, never for registers. Throws `unsteady-read` and what `memory` throws.
 */
export async function readTwice(memory: Memory, address: u32, count: number, io: Io = {}): Promise<Uint8Array> {
  const first = await readBlock(memory, address, count, io);
  const second = await readBlock(memory, address, count, io);
  const at = first.findIndex((byte, i) => byte !== second[i]);
  if (at >= 0) throw unsteadyMemory(address + at);
  return first;
}

/** The error of memory that was not the same when it was read again. */
export const unsteadyMemory = (address: u32): AdiError =>
  unsteadyRead(`The memory at ${address32(address)}`, { address: address32(address) });

/** The error of anything that was not the same when it was read again. */
export const unsteadyRead = (what: string, details: { readonly [name: string]: string } = {}): AdiError =>
  new AdiError("unsteady-read", `${what} was not the same when it was read again`, { details });
