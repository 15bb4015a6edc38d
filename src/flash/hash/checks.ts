/** What the checks of one session are made with, odd factors; the target's side is `target/checks.h`. */
export interface CheckKeys {
  readonly key1: number;
  readonly key2: number;
  readonly key3: number;
}

/** Two independent checks over whole words, 64 bits together, and how many of the words are erased. */
export interface Checks {
  readonly first: number;
  readonly second: number;
  readonly erased: number;
}

/** Keys from random words: odd ones. */
export function keysFrom([key1, key2, key3]: ArrayLike<number> & Iterable<number>): CheckKeys {
  return { key1: (key1 | 1) >>> 0, key2: (key2 | 1) >>> 0, key3: (key3 | 1) >>> 0 };
}

/** One range as it is checked: where it stands, and with what number of the call both checks begin. */
export interface CheckedRange {
  readonly address: number;
  /** Whole words. */
  readonly bytes: Uint8Array;
  readonly nonce: number;
  /** A word of erased bytes. */
  readonly erasedWord: number;
}

/** The checks of bytes that stand at an address, as the target counts them. */
export function checksOf({ key1, key2, key3 }: CheckKeys, { address, bytes, nonce, erasedWord }: CheckedRange): Checks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let first = (Math.imul(address + nonce, key1) + bytes.length / 4) | 0;
  let second = (Math.imul(~(address ^ nonce), key3) + bytes.length / 4) | 0;
  let erased = 0;
  for (let at = 0; at < bytes.length; at += 4) {
    const word = view.getInt32(at, true);
    first = (Math.imul(first, key1) + word) | 0;
    first = Math.imul(first ^ (first >>> 16), key2);
    second = Math.imul(second, key3);
    second = (Math.imul((second >>> 16) | (second << 16), key2) + word) | 0;
    if (word === (erasedWord | 0)) erased++;
  }
  return { first: first >>> 0, second: second >>> 0, erased };
}

/** Whether both checks agree. */
export const agree = (a: Checks, b: Checks): boolean => a.first === b.first && a.second === b.second;
