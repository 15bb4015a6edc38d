import { wordsOf } from "../base/bytes.ts";
import { ERRNO, SemihostingFailure } from "./failure.ts";
import type { TargetMemory } from "./host.ts";

/** Most bytes of a name or a command. */
const LONGEST_NAME = 4096;

/** Most bytes of a text that ends with 0. */
const LONGEST_TEXT = 1 << 20;

/** A text is read in pieces that end at a multiple of this, so that none reaches beyond the end of a memory. */
const PIECE = 64;

/** The end of the address space. */
const END = 2 ** 32;

/** The first words of a parameter block. */
export const wordsAt = async (memory: TargetMemory, address: number, count: number): Promise<readonly number[]> =>
  Array.from(wordsOf(await memory.read(address, count * 4)));

/** Throws `SemihostingFailure` EFAULT for a range that ends beyond the address space. */
export function checkRange(address: number, length: number): void {
  if (address + length > END) throw new SemihostingFailure(ERRNO.EFAULT, "the range ends beyond 0xFFFFFFFF");
}

/** A name whose length is given. Throws `SemihostingFailure` ENAMETOOLONG. */
export async function nameAt(memory: TargetMemory, address: number, length: number): Promise<string> {
  if (length > LONGEST_NAME) throw new SemihostingFailure(ERRNO.ENAMETOOLONG, `a name of ${length} bytes`);
  return new TextDecoder().decode(await memory.read(address, length));
}

/** The bytes of a text up to its 0, piece by piece; one that never ends is cut off. Throws the signal's reason. */
export async function* textAt(memory: TargetMemory, address: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let [at, left] = [address, LONGEST_TEXT]; left > 0; ) {
    signal.throwIfAborted();
    const piece = await memory.read(at, PIECE - (at % PIECE));
    const end = piece.indexOf(0);
    if (end !== 0) yield end < 0 ? piece : piece.subarray(0, end);
    if (end >= 0) return;
    at += piece.length;
    left -= piece.length;
  }
}
