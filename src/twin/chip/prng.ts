import type { u32 } from "../../base/u32.ts";

/** Resolution of a probability in `mask`: 1/256. */
const STEPS = 8;

/** A small seeded generator (xorshift32, Marsaglia 2003): the same seed gives the same half-done bits everywhere. */
export class Prng {
  /** The whole state, for a state file; never 0. */
  state: u32;

  constructor(seed: number) {
    this.state = scramble(seed) || 1;
  }

  /** The next 32 bits. */
  next(): u32 {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }

  /** 32 independent bits, each 1 with `probability` (0 to 1, rounded to 1/256). */
  mask(probability: number): u32 {
    const threshold = Math.round(Math.min(Math.max(probability, 0), 1) * (1 << STEPS));
    if (threshold === 1 << STEPS) return 0xffffffff;
    // Horner's scheme over the binary digits of the probability, lowest first: OR halves the distance to 1, AND to 0.
    let bits = 0;
    for (let digit = 0; digit < STEPS; digit++) {
      bits = (threshold >>> digit) & 1 ? bits | this.next() : bits & this.next();
    }
    return bits >>> 0;
  }
}

/** RAM after a power loss: it comes up with whatever (unsure how much survives a short cut; here nothing does). */
export function loseContent(memory: Uint8Array, prng: Prng): void {
  const words = new DataView(memory.buffer, memory.byteOffset, memory.length);
  for (let at = 0; at < memory.length; at += 4) words.setUint32(at, prng.next(), true);
}

// Neighbouring seeds must not give neighbouring streams (finalizer of MurmurHash3).
function scramble(seed: number): u32 {
  let x = (seed ^ 0x9e3779b9) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
