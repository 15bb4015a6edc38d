import { ERRNO, SemihostingFailure } from "./failure.ts";
import type { TargetMemory } from "./host.ts";

/** Most bytes of a name or a command. */
const LONGEST_NAME = 4096;

/** Most bytes of a text that ends with 0. */
const LONGEST_TEXT = 1 << 20;

/** A text is read in pieces that end at a multiple of this, so that none reaches beyond the end of a memory. */
const PIECE = 64;

/** The first words of a parameter block. */
export async function wordsAt(memory: TargetMemory, address: number, count: number): Promise<readonly number[]> {
  const bytes = await memory.read(address, count * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: count }, (_, i) => view.getUint32(i * 4, true));
}

/** Words as the target has them. */
export function bytesOfWords(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => void view.setUint32(i * 4, word, true));
  return bytes;
}

/** A name whose length is given. Throws `SemihostingFailure` ENAMETOOLONG. */
export async function nameAt(memory: TargetMemory, address: number, length: number): Promise<string> {
  if (length > LONGEST_NAME) throw new SemihostingFailure(ERRNO.ENAMETOOLONG, `a name of ${length} bytes`);
  return new TextDecoder().decode(await memory.read(address, length));
}

/** The bytes of a text up to its 0, piece by piece; one that never ends is cut off. */
export async function* textAt(memory: TargetMemory, address: number): AsyncGenerator<Uint8Array> {
  for (let [at, left] = [address, LONGEST_TEXT]; left > 0; ) {
    const piece = await memory.read(at, PIECE - (at % PIECE));
    const end = piece.indexOf(0);
    if (end !== 0) yield end < 0 ? piece : piece.subarray(0, end);
    if (end >= 0) return;
    at += piece.length;
    left -= piece.length;
  }
}
