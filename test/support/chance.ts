/** Numbers by chance that a seed makes the same again (xorshift32; Marsaglia, 2003). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    // Zero is the one state that xorshift never leaves.
    this.state = Math.imul(seed, 0x9e3779b1) >>> 0 || 1;
  }

  /** Another one that goes on with the same numbers. */
  copy(): Chance {
    const copy = new Chance(0);
    copy.state = this.state;
    return copy;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }
}
