import { concatBytes } from "../base/bytes.ts";
import type { Io } from "../base/clock.ts";
import { alignDown, alignUp, type u32 } from "../base/u32.ts";
import type { Memory, MemoryOp } from "./memory.ts";

/** Reads any range as fast as it goes: bytes up to a word border, words, bytes. For memory, not for registers. */
export async function readBlock(memory: Memory, address: u32, count: number, io: Io = {}): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const run of runsOf(address, count)) {
    parts.push(await memory.read(address + run.at, run.count, run.width, io));
  }
  return concatBytes(parts);
}

/** What `readBlock` does of a batch: reads of any range, each as wide as it can be. */
export const blockReads = (address: u32, count: number): readonly ReadOp[] =>
  runsOf(address, count).flatMap(({ at, count: length, width }) =>
    Array.from({ length: (length * 8) / width }, (_, i) => ({
      op: "read",
      address: address + at + (i * width) / 8,
      width,
    })),
  );

/** One read of a batch. */
export type ReadOp = MemoryOp & { readonly op: "read" };

/** Writes any range: bytes up to a word border, words, bytes. For memory, not for registers. */
export async function writeBlock(memory: Memory, address: u32, bytes: Uint8Array, io: Io = {}): Promise<void> {
  for (const run of runsOf(address, bytes.length)) {
    await memory.write(address + run.at, bytes.subarray(run.at, run.at + run.count), run.width, io);
  }
}

/**
 * The parts of a range, by the width that suits each; empty ones left out. Two bytes that make a half-word are one access
 * of 16 bits, as registers of that width want.
 */
function runsOf(address: u32, count: number): readonly { at: number; count: number; width: 8 | 16 | 32 }[] {
  const head = Math.min(count, alignUp(address, 4) - address);
  const words = alignDown(count - head, 4);
  const tail = count - head - words;
  const runs = [
    { at: 0, count: head, width: head === 2 && address % 2 === 0 ? (16 as const) : (8 as const) },
    { at: head, count: words, width: 32 as const },
    // It begins at a word border.
    { at: head + words, count: tail, width: tail === 2 ? (16 as const) : (8 as const) },
  ];
  return runs.filter((run) => run.count > 0);
}
