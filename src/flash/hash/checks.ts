/** What the checks of one session are made with; the target's side is `target/flash-hash/hash.c`. */
export interface CheckKeys {
  /** Of the CRC: reflected, without its highest term. */
  readonly polynomial: number;
  /** Odd factors of the second check. */
  readonly key1: number;
  readonly key2: number;
}

/** Two independent checks over whole words, 64 bits together, and how many of the words are erased. */
export interface Checks {
  readonly crc: number;
  readonly mix: number;
  readonly erased: number;
}

/** Keys from random words: a polynomial with both its ends, and odd factors. */
export function keysFrom([polynomial, key1, key2]: ArrayLike<number> & Iterable<number>): CheckKeys {
  return { polynomial: (polynomial | 0x8000_0000) >>> 0, key1: (key1 | 1) >>> 0, key2: (key2 | 1) >>> 0 };
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

/** Checks with one session's keys, as the target counts them. */
export class Checker {
  readonly keys: CheckKeys;
  private readonly table = new Uint32Array(256);

  constructor(keys: CheckKeys) {
    this.keys = keys;
    for (let i = 0; i < 256; i++) {
      let value = i;
      for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? keys.polynomial : 0);
      this.table[i] = value;
    }
  }

  /** The checks of bytes that stand at an address. */
  of({ address, bytes, nonce, erasedWord }: CheckedRange): Checks {
    const { table } = this;
    const { key1, key2 } = this.keys;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let crc = ~(address ^ nonce);
    let mix = (Math.imul(address + nonce, key1) + bytes.length / 4) | 0;
    let erased = 0;
    for (let at = 0; at < bytes.length; at += 4) {
      const word = view.getInt32(at, true);
      mix = Math.imul(mix + word, key1);
      mix = Math.imul(mix ^ (mix >>> 16), key2);
      if (word === (erasedWord | 0)) erased++;
      crc ^= word;
      for (let i = 0; i < 4; i++) crc = table[crc & 0xff] ^ (crc >>> 8);
    }
    return { crc: crc >>> 0, mix: mix >>> 0, erased };
  }
}

/** Whether both checks agree. */
export const agree = (a: Checks, b: Checks): boolean => a.crc === b.crc && a.mix === b.mix;
