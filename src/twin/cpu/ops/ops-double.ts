import type { ColdOp } from "./cold-ops.ts";
import {
  absolute,
  add,
  compare,
  divide,
  multiply,
  multiplyAdd,
  negate,
  pick,
  squareRoot,
  subtract,
} from "../float/double-arithmetic.ts";
import { type Bits, numberOfD, readD, writeD, writeNumber } from "../float/double-bits.ts";
import {
  doubleToFixed,
  doubleToHalf,
  doubleToSingle,
  halfToDouble,
  roundDouble,
  singleToDouble,
} from "../float/double-convert.ts";
import { fixedValue } from "../float/float-convert.ts";
import { FPSCR, ROUND, roundingMode } from "../float/float-round.ts";
import { CONVERT, formatOf, fpOp } from "./ops-float.ts";
import { modeOf, ROUNDING, selects } from "./ops-float5.ts";
import type { State } from "../state.ts";

/* Operand words as for singles: Dd 4:0, Dn 9:5, Dm 14:10. */
const d = (x: number): number => x & 31;
const n = (x: number): number => (x >> 5) & 31;
const m = (x: number): number => (x >> 10) & 31;

const RMODE = 3 << 22;
const SMALLEST = 2 ** -1021;

/** Whether the host's own arithmetic is exact about this number: neither tiny, nor infinite, nor a NaN. */
const ordinary = (value: number): boolean => Math.abs(value) >= SMALLEST && Math.abs(value) <= Number.MAX_VALUE;

/**
 * Dd := f(Dn, Dm). Once IXC is set, to-nearest arithmetic on ordinary numbers leaves nothing but its result, which is the
 * host's.
 */
const binary = (f: (s: State, a: Bits, b: Bits) => Bits, host: (a: number, b: number) => number): number =>
  fpOp(({ state: s }, x) => {
    if ((s.fpscr & (RMODE | FPSCR.IXC)) === FPSCR.IXC) {
      const [a, b] = [numberOfD(s, n(x)), numberOfD(s, m(x))];
      const result = host(a, b);
      if (ordinary(a) && ordinary(b) && ordinary(result)) {
        writeNumber(s, d(x), result);
        return;
      }
    }
    writeD(s, d(x), f(s, readD(s, n(x)), readD(s, m(x))));
  });

/** Dd := f(Dd, Dn, Dm). */
const ternary = (f: (s: State, z: Bits, a: Bits, b: Bits) => Bits): number =>
  fpOp(({ state: s }, x) => writeD(s, d(x), f(s, readD(s, d(x)), readD(s, n(x)), readD(s, m(x)))));

/** Dd := f(Dm). */
const unary = (f: (s: State, a: Bits) => Bits): number =>
  fpOp(({ state: s }, x) => writeD(s, d(x), f(s, readD(s, m(x)))));

/** The double-precision operations, by the names of their single forms. */
export const DOUBLES = {
  VADD: binary(add, (a, b) => a + b),
  VSUB: binary(subtract, (a, b) => a - b),
  VMUL: binary(multiply, (a, b) => a * b),
  VNMUL: binary(
    (s, a, b) => negate(multiply(s, a, b)),
    (a, b) => -(a * b),
  ),
  VDIV: binary(divide, (a, b) => a / b),
  VSQRT: unary(squareRoot),
  VNEG: unary((_s, a) => negate(a)),
  VABS: unary((_s, a) => absolute(a)),
  VMOV: unary((_s, a) => a),
  VMLA: ternary((s, z, a, b) => add(s, z, multiply(s, a, b))),
  VMLS: ternary((s, z, a, b) => add(s, z, negate(multiply(s, a, b)))),
  VNMLA: ternary((s, z, a, b) => add(s, negate(z), negate(multiply(s, a, b)))),
  VNMLS: ternary((s, z, a, b) => add(s, negate(z), multiply(s, a, b))),
  VFMA: ternary((s, z, a, b) => multiplyAdd(s, z, a, b)),
  VFMS: ternary((s, z, a, b) => multiplyAdd(s, z, negate(a), b)),
  VFNMA: ternary((s, z, a, b) => multiplyAdd(s, negate(z), negate(a), b)),
  VFNMS: ternary((s, z, a, b) => multiplyAdd(s, negate(z), a, b)),
} as const;

const own = (run: ColdOp): number => fpOp(run);

/** VMOV.F64 Dd, #imm: the upper word in imm. */
export const VMOV_IMM_D = own(({ state: s }, x, imm) => {
  s.s[2 * d(x)] = 0;
  s.s[2 * d(x) + 1] = imm;
});

/** VCMP.F64 and VCMPE.F64 (imm bit 0), with Dm or with zero (bit 1). */
export const VCMP_D = own(({ state: s }, x, imm) => {
  compare(s, readD(s, d(x)), imm & 2 ? 0n : readD(s, m(x)), (imm & 1) !== 0);
});

/** VSEL.F64: imm is the condition. */
export const VSEL_D = own((core, x, imm) => {
  const { state: s } = core;
  writeD(s, d(x), readD(s, selects(core, imm) ? n(x) : m(x)));
});

/** VMAXNM.F64 (imm 0) and VMINNM.F64 (imm 1). */
export const VPICK_D = own(({ state: s }, x, imm) => {
  writeD(s, d(x), pick(s, readD(s, n(x)), readD(s, m(x)), imm === 1));
});

/** VRINT of a double: `ROUNDING` in imm. */
export const VRINT_D = own((core, x, imm) => {
  const { state: s } = core;
  writeD(s, d(x), roundDouble(s, readD(s, m(x)), modeOf(core, imm), (imm & ROUNDING.exact) !== 0));
});

/** VCVTA, N, P, M of a double: Sd, the mode in imm 2:0, `CONVERT.unsigned`. */
export const VCVT_DIRECTED_D = own(({ state: s }, x, imm) => {
  const format = { unsigned: (imm & CONVERT.unsigned) !== 0, width: 32, fraction: 0 };
  s.s[d(x)] = doubleToFixed(s, readD(s, m(x)), format, imm & 7);
});

/** VCVT.F64.F32: Dd, Sm. */
export const VCVT_FROM_SINGLE = own(({ state: s }, x) => writeD(s, d(x), singleToDouble(s, s.s[m(x)])));

/** VCVT.F32.F64: Sd, Dm. */
export const VCVT_TO_SINGLE = own(({ state: s }, x) => {
  s.s[d(x)] = doubleToSingle(s, readD(s, m(x)));
});

/** VCVTB and VCVTT to double: Dd, Sm; imm is the half's shift. */
export const VCVT_FROM_HALF_D = own(({ state: s }, x, imm) => {
  writeD(s, d(x), halfToDouble(s, (s.s[m(x)] >>> imm) & 0xffff));
});

/** VCVTB and VCVTT from double: Sd, Dm; the other half of Sd stays. */
export const VCVT_TO_HALF_D = own(({ state: s }, x, imm) => {
  s.s[d(x)] = (s.s[d(x)] & ~(0xffff << imm)) | (doubleToHalf(s, readD(s, m(x))) << imm);
});

/** VCVT of a double to an integer: Sd, Dm; towards zero, or by FPSCR for VCVTR. */
export const VCVT_TO_INTEGER_D = own(({ state: s }, x, imm) => {
  const mode = imm & CONVERT.byMode ? roundingMode(s) : ROUND.zero;
  s.s[d(x)] = doubleToFixed(s, readD(s, m(x)), formatOf(imm), mode);
});

/** VCVT of an integer to a double: Dd, Sm; always exact. */
export const VCVT_FROM_INTEGER_D = own(({ state: s }, x, imm) => {
  writeNumber(s, d(x), fixedValue(s.s[m(x)], formatOf(imm)));
});

/** VCVT of a double to fixed point in its own register, extended to 64 bits. */
export const VCVT_TO_FIXED_D = own(({ state: s }, x, imm) => {
  const value = doubleToFixed(s, readD(s, d(x)), formatOf(imm), ROUND.zero);
  s.s[2 * d(x)] = value;
  s.s[2 * d(x) + 1] = imm & CONVERT.unsigned ? 0 : value >> 31;
});

/** VCVT of fixed point to a double in its own register; always exact. */
export const VCVT_FROM_FIXED_D = own(({ state: s }, x, imm) => {
  writeNumber(s, d(x), fixedValue(s.s[2 * d(x)], formatOf(imm)));
});
