import { type CpuProfile, isMain } from "../../../src/twin/cpu/profiles/profile.ts";
import { SCRATCH_AT, STACK_AT, type Vector } from "./vector.ts";

/** Reproducible numbers (Mulberry32, public domain algorithm): the same seed gives the same vectors everywhere. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** 32 random bits, unsigned. */
  word(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** A whole number from 0 to `end - 1`. */
  below(end: number): number {
    return this.word() % end;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}

const WORDS = [
  0, 1, 2, 0xffffffff, 0x7fffffff, 0x80000000, 0x8000, 0x7fff, 0xffff8000, 0x80, 0xff, 0x00ff00ff, 31, 32, 33,
];

const FLOATS = [
  0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0xffc12345, 0x00000001,
  0x807fffff, 0x00800000, 0x7f7fffff, 0x4f000000, 0x4effffff, 0xcf000000, 0x47800000, 0x38800000, 0x33800000, 0x3f000000,
]; // biome-ignore format: a table

/** A number that integer code likes to stumble over, or any. */
function integer(random: Random): number {
  const kind = random.below(4);
  if (kind === 0) return random.pick(WORDS);
  return kind === 1 ? random.below(0x200) : random.word();
}

/** The bits of a single: special, any, or of a size that others cancel with. */
function float(random: Random): number {
  const kind = random.below(5);
  if (kind === 0) return random.pick(FLOATS);
  if (kind === 1) return random.word();
  return ((random.word() & 0x807fffff) | ((117 + random.below(24)) << 23)) >>> 0;
}

/** Registers that hold addresses inside the scratch memory, for loads and stores; code leaves them about there. */
export const BASES = [6, 7] as const;

/** Registers that hold small numbers, to be added to a base. */
export const INDICES = [5, 12] as const;

/** FPSCR: mostly the default, sometimes with flags, another rounding mode, FZ, DN or AHP. */
const fpscr = (random: Random): number => (random.below(2) ? 0 : (random.word() & 0xf7c0009f) >>> 0);

/** APSR's bits of a core: N Z C V, Q with the Main Extension, GE with DSP. */
const flagsOf = (profile: CpuProfile): number =>
  0xf0000000 | (isMain(profile) ? 0x08000000 : 0) | (profile.dsp ? 0x000f0000 : 0);

/** PSPLIM: none, or so near below SP that pushes pass it. */
const limited = (random: Random, { faults }: CpuProfile): number =>
  faults === "v8" && random.below(4) === 0 ? STACK_AT - 8 * random.below(12) : 0;

/** A random state in front of `code`, for a core. */
export function randomVector(random: Random, code: Uint8Array, profile: CpuProfile): Vector {
  const r = Array.from({ length: 13 }, () => integer(random));
  for (const index of INDICES) r[index] = random.below(8);
  for (const base of BASES) r[base] = SCRATCH_AT + 24 + random.below(4) * 4;
  return {
    r,
    psp: STACK_AT + 4 * random.below(2),
    lr: integer(random),
    xpsr: ((random.word() & flagsOf(profile)) | 0x01000000) >>> 0,
    fpscr: profile.fpu === "none" ? 0 : fpscr(random),
    floats: Array.from({ length: 32 }, () => (profile.fpu === "none" ? 0 : float(random))),
    scratch: Uint8Array.from({ length: 64 }, () => random.word() & 0xff),
    psplim: limited(random, profile),
    code,
  };
}
