/** Bits for the wire, clock by clock: who drives SWDIO, and what the probe puts on it; bit 0 of byte 0 goes first. */
export interface SwdBits {
  /** 1 where the probe drives the line, 0 where it listens. */
  readonly direction: Uint8Array;
  readonly output: Uint8Array;
  readonly count: number;
}

/** Collects clocks of SWD, first one first. */
export class SwdBitWriter {
  private readonly direction: Uint8Array;
  private readonly output: Uint8Array;
  private count = 0;

  /** Room for `capacity` clocks. */
  constructor(capacity: number) {
    this.direction = new Uint8Array(Math.ceil(capacity / 8));
    this.output = new Uint8Array(Math.ceil(capacity / 8));
  }

  /** The probe drives the low `clocks` bits (at most 32) of `value`, least significant first. */
  drive(value: number, clocks: number): this {
    for (let left = clocks, rest = value; left > 0; ) {
      const shift = this.count & 7;
      const taken = Math.min(8 - shift, left);
      const mask = (1 << taken) - 1;
      this.direction[this.count >> 3] |= mask << shift;
      this.output[this.count >> 3] |= (rest & mask) << shift;
      rest >>>= taken;
      left -= taken;
      this.count += taken;
    }
    return this;
  }

  /** The probe releases the line for so many clocks. */
  listen(clocks: number): this {
    this.count += clocks;
    return this;
  }

  /** What was written so far; the writer is not used after this. */
  finish(): SwdBits {
    const bytes = Math.ceil(this.count / 8);
    return { direction: this.direction.subarray(0, bytes), output: this.output.subarray(0, bytes), count: this.count };
  }
}

/** `count` bits (at most 32) from bit `at` on, the first one as bit 0 of the result. */
export function takeBits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let done = 0; done < count; ) {
    const shift = (at + done) & 7;
    const taken = Math.min(8 - shift, count - done);
    value |= ((bytes[(at + done) >> 3] >>> shift) & ((1 << taken) - 1)) << done;
    done += taken;
  }
  return value >>> 0;
}

/** 1 where a word has an odd number of ones: SWD's parity bit (ADIv5.2, B4.1.6). */
export function parityOf(word: number): 0 | 1 {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return ((0x6996 >>> (folded & 0xf)) & 1) as 0 | 1;
}
