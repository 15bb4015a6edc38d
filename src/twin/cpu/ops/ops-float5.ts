import type { Core } from "../core.ts";
import { pick } from "../float/float-arithmetic.ts";
import { roundSingle } from "../float/double-convert.ts";
import { toFixed } from "../float/float-convert.ts";
import { ROUND, roundingMode } from "../float/float-round.ts";
import { CONVERT, fpOp } from "./ops-float.ts";

const d = (x: number): number => x & 31;
const n = (x: number): number => (x >> 5) & 31;
const m = (x: number): number => (x >> 10) & 31;

/** How an operation rounds, in bits 2:0 of its imm: `ROUND`'s modes, or FPSCR's; bit 3 also reports inexact results. */
export const ROUNDING = { byMode: 5, exact: 8 } as const;

/** The mode that imm names. */
export const modeOf = (core: Core, imm: number): number =>
  (imm & 7) === ROUNDING.byMode ? roundingMode(core.state) : imm & 7;

/** VSEL's conditions by its two bits: EQ, VS, GE, GT. */
export function selects(core: Core, condition: number): boolean {
  const { zf, nf, vf } = core.state;
  if (condition === 0) return zf === 0;
  if (condition === 1) return vf < 0;
  return (nf ^ vf) >= 0 && (condition === 2 || zf !== 0);
}

/** VSEL.F32: imm is the condition. */
export const VSEL = fpOp((core, x, imm) => {
  const { s } = core.state;
  s[d(x)] = s[selects(core, imm) ? n(x) : m(x)];
});

/** VMAXNM.F32 (imm 0) and VMINNM.F32 (imm 1). */
export const VPICK = fpOp(({ state: s }, x, imm) => {
  s.s[d(x)] = pick(s, s.s[n(x)], s.s[m(x)], imm === 1);
});

/** VRINTA, N, P, M, R, X, Z of a single: `ROUNDING` in imm. */
export const VRINT = fpOp((core, x, imm) => {
  const { s } = core.state;
  s[d(x)] = roundSingle(core.state, s[m(x)], modeOf(core, imm), (imm & ROUNDING.exact) !== 0);
});

/** VCVTA, N, P, M of a single: the mode in imm 2:0, `CONVERT.unsigned`. */
export const VCVT_DIRECTED = fpOp((core, x, imm) => {
  const { s } = core.state;
  const format = { unsigned: (imm & CONVERT.unsigned) !== 0, width: 32, fraction: 0 };
  s[d(x)] = toFixed(core.state, s[m(x)], format, imm & 7);
});

/** The modes of the directed forms, by their two RM bits: A, N, P, M. */
export const DIRECTED = [ROUND.away, ROUND.nearest, ROUND.plus, ROUND.minus] as const;
