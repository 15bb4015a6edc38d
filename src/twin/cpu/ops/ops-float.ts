import { type ColdOp, coldOp } from "./cold-ops.ts";
import type { Core } from "../core.ts";
import {
  add,
  compare,
  divide,
  multiply,
  multiplyAdd,
  negate,
  squareRoot,
  subtract,
} from "../float/float-arithmetic.ts";
import { fromFixed, halfToSingle, singleToHalf, toFixed } from "../float/float-convert.ts";
import { ROUND, roundingMode } from "../float/float-round.ts";
import { beginFp } from "../float/fp-context.ts";
import type { State } from "../state.ts";

/** FP operand word: Sd 4:0, Sn 9:5, Sm 14:10. */
export const floats = (d: number, n = 0, m = 0): number => d | (n << 5) | (m << 10);

const d = (x: number): number => x & 31;
const n = (x: number): number => (x >> 5) & 31;
const m = (x: number): number => (x >> 10) & 31;

/** A floating-point operation: the access check and lazy save come first. */
export const fpOp = (run: ColdOp): number =>
  coldOp((core: Core, x, imm) => {
    beginFp(core);
    run(core, x, imm);
  });

/** Sd := f(Sd, Sn, Sm). */
const ternary = (f: (s: State, d: number, n: number, m: number) => number): number =>
  fpOp(({ state: s }, x) => {
    s.s[d(x)] = f(s, s.s[d(x)], s.s[n(x)], s.s[m(x)]);
  });

/** Sd := f(Sn, Sm). */
const binary = (f: (s: State, n: number, m: number) => number): number => ternary((s, _d, a, b) => f(s, a, b));

/** Sd := f(Sm). */
const unary = (f: (s: State, m: number) => number): number => ternary((s, _d, _n, b) => f(s, b));

/** Sd = Sn + Sm. */
export const VADD = binary(add);
/** Sd = Sn - Sm. */
export const VSUB = binary(subtract);
/** Sd = Sn * Sm. */
export const VMUL = binary(multiply);
/** Sd = -(Sn * Sm). */
export const VNMUL = binary((s, a, b) => negate(multiply(s, a, b)));
/** Sd = Sn / Sm. */
export const VDIV = binary(divide);
/** Sd = the root of Sm. */
export const VSQRT = unary(squareRoot);
/** Sd = -Sm. */
export const VNEG = unary((_s, a) => negate(a));
/** Sd = |Sm|. */
export const VABS = unary((_s, a) => a & 0x7fffffff);
/** Sd = Sm. */
export const VMOV = unary((_s, a) => a);

/** Sd = Sd + Sn * Sm, rounded twice. */
export const VMLA = ternary((s, z, a, b) => add(s, z, multiply(s, a, b)));
/** Sd = Sd - Sn * Sm, rounded twice. */
export const VMLS = ternary((s, z, a, b) => add(s, z, negate(multiply(s, a, b))));
/** Sd = -Sd - Sn * Sm, rounded twice. */
export const VNMLA = ternary((s, z, a, b) => add(s, negate(z), negate(multiply(s, a, b))));
/** Sd = -Sd + Sn * Sm, rounded twice. */
export const VNMLS = ternary((s, z, a, b) => add(s, negate(z), multiply(s, a, b)));

/** Sd = Sd + Sn * Sm, rounded once. */
export const VFMA = ternary((s, z, a, b) => multiplyAdd(s, z, a, b));
/** Sd = Sd - Sn * Sm, rounded once. */
export const VFMS = ternary((s, z, a, b) => multiplyAdd(s, z, negate(a), b));
/** Sd = -Sd - Sn * Sm, rounded once. */
export const VFNMA = ternary((s, z, a, b) => multiplyAdd(s, negate(z), negate(a), b));
/** Sd = -Sd + Sn * Sm, rounded once. */
export const VFNMS = ternary((s, z, a, b) => multiplyAdd(s, negate(z), a, b));

/** VMOV Sd, #imm: the bits ready made. */
export const VMOV_IMM = fpOp(({ state }, x, imm) => {
  state.s[d(x)] = imm;
});

/** VCMP and VCMPE (imm bit 0), with Sm or with zero (bit 1). */
export const VCMP = fpOp(({ state: s }, x, imm) => {
  compare(s, s.s[d(x)], imm & 2 ? 0 : s.s[m(x)], (imm & 1) !== 0);
});

/** imm of the conversions: fraction bits 5:0, width 16 in bit 6, unsigned bit 7, FPSCR's rounding bit 8. */
export const CONVERT = { half: 64, unsigned: 128, byMode: 256 } as const;

/** What the conversions' imm says about the integer or fixed-point side. */
export const formatOf = (imm: number): { unsigned: boolean; width: number; fraction: number } => ({
  unsigned: (imm & CONVERT.unsigned) !== 0,
  width: imm & CONVERT.half ? 16 : 32,
  fraction: imm & 63,
});

/** VCVT to integer or fixed point: towards zero, or by FPSCR for VCVTR. */
export const VCVT_TO_FIXED = fpOp(({ state: s }, x, imm) => {
  s.s[d(x)] = toFixed(s, s.s[m(x)], formatOf(imm), imm & CONVERT.byMode ? roundingMode(s) : ROUND.zero);
});

/** VCVT from integer by FPSCR, from fixed point to nearest. */
export const VCVT_FROM_FIXED = fpOp(({ state: s }, x, imm) => {
  s.s[d(x)] = fromFixed(s, s.s[m(x)], formatOf(imm), imm & CONVERT.byMode ? roundingMode(s) : ROUND.nearest);
});

/** VCVTB and VCVTT to single: imm is the half's shift, 0 or 16. */
export const VCVT_FROM_HALF = fpOp(({ state: s }, x, imm) => {
  s.s[d(x)] = halfToSingle(s, (s.s[m(x)] >>> imm) & 0xffff);
});

/** VCVTB and VCVTT to half: the other half of Sd stays. */
export const VCVT_TO_HALF = fpOp(({ state: s }, x, imm) => {
  const kept = s.s[d(x)] & ~(0xffff << imm);
  s.s[d(x)] = kept | (singleToHalf(s, s.s[m(x)]) << imm);
});
