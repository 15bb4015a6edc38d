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

const DOUBLE_HIGHS = [
  0, 0x80000000, 0x3ff00000, 0xbff00000, 0x7ff00000, 0xfff00000, 0x7ff80000, 0x7ff00001, 0xfff41234, 0x000fffff,
  0x80000001, 0x00100000, 0x7fefffff, 0x41dfffff, 0xc1e00000, 0x47efffff, 0x380fffff, 0x36a00000, 0x40efffff, 0x3e600000,
]; // biome-ignore format: a table

/** The words of a double, lower one first: special, any, or of a size that others cancel with. */
function double(random: Random): readonly number[] {
  const kind = random.below(5);
  const low =
    random.below(3) === 0 ? random.pick([0, 1, 0x80000000, 0xffffffff, 0x10000000, 0xe0000000]) : random.word();
  if (kind === 0) return [low, random.pick(DOUBLE_HIGHS)];
  if (kind === 1) return [low, random.word()];
  return [low, ((random.word() & 0x800fffff) | ((1008 + random.below(40)) << 20)) >>> 0];
}

/** S0 to S31; with double precision, D0 to D7 begin as doubles. */
function floats(random: Random, { fpu }: CpuProfile): number[] {
  if (fpu === "none") return Array.from({ length: 32 }, () => 0);
  const doubles = fpu === "v5-double" ? Array.from({ length: 8 }, () => double(random)).flat() : [];
  return [...doubles, ...Array.from({ length: 32 - doubles.length }, () => float(random))];
}

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
    floats: floats(random, profile),
    scratch: Uint8Array.from({ length: 64 }, () => random.word() & 0xff),
    psplim: limited(random, profile),
    code,
  };
}
