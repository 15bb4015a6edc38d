import type { State } from "../state.ts";

/** FPSCR's control and cumulative bits (ARMv7-M ARM A2.5.3). */
export const FPSCR = {
  IOC: 1,
  DZC: 2,
  OFC: 4,
  UFC: 8,
  IXC: 16,
  IDC: 128,
  FZ: 1 << 24,
  DN: 1 << 25,
  AHP: 1 << 26,
} as const;

/** FPSCR.RMode, 23:22; `away` is the nearest with ties away from zero, which only FPv5's instructions name. */
export const ROUND = { nearest: 0, plus: 1, minus: 2, zero: 3, away: 4 } as const;

/** The rounding mode in force. */
export const roundingMode = (s: State): number => (s.fpscr >>> 22) & 3;

const f32 = new Float32Array(1);
const i32 = new Int32Array(f32.buffer);
const f64 = new Float64Array(1);
const u64 = new Uint32Array(f64.buffer);

/** The value of a single's bits; not for NaNs. */
export function floatOf(bits: number): number {
  i32[0] = bits;
  return f32[0];
}

/** The bits of a number that is a single already. */
function bitsOf(value: number): number {
  f32[0] = value;
  return i32[0];
}

/** A double's last bit set: "there is more below", so that one later rounding is right in every mode. */
function sticky(value: number): number {
  f64[0] = value;
  u64[0] |= 1;
  return f64[0];
}

/**
 * A sum rounded to odd: `sum` is the nearest double and `error` what it lacks. Rounding that to a single is as good as
 * rounding the exact sum (53 >= 24 + 2 bits; Boldo and Melquiond, "Emulation of FMA and correctly rounded sums").
 */
export function roundToOdd(sum: number, error: number): number {
  if (error === 0) return sum;
  f64[0] = sum;
  if (u64[0] & 1) return sum;
  if (error > 0 === sum > 0) u64[0] |= 1;
  else stepTowardsZero();
  return f64[0];
}

function stepTowardsZero(): void {
  if (u64[0] === 0) u64[1]--;
  u64[0]--;
}

/** A quotient or root rounded to double, made sticky unless it is exact: exact ones have at most 24 bits. */
export function exactOrSticky(value: number, isExact: (value: number) => boolean): number {
  f64[0] = value;
  return (u64[0] & 0x1fffffff) === 0 && isExact(value) ? value : sticky(value);
}

/** A magnitude rounded to a whole number. */
export function roundMagnitude(magnitude: number, mode: number, negative: boolean): number {
  const floor = Math.floor(magnitude);
  const rest = magnitude - floor;
  if (rest === 0) return floor;
  if (mode === ROUND.away) return rest >= 0.5 ? floor + 1 : floor;
  if (mode === ROUND.nearest) return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  const up = mode === (negative ? ROUND.minus : ROUND.plus);
  return up ? floor + 1 : floor;
}

const SMALLEST_NORMAL = 2 ** -126;

function roundTiny(s: State, magnitude: number, sign: number, mode: number): number {
  if (s.fpscr & FPSCR.FZ) {
    s.fpscr |= FPSCR.UFC;
    return sign;
  }
  const scaled = magnitude * 2 ** 149;
  const units = roundMagnitude(scaled, mode, sign !== 0);
  if (units !== scaled) s.fpscr |= FPSCR.UFC | FPSCR.IXC;
  return sign | units;
}

/** Infinity or the largest number, by mode. */
function overflow(s: State, sign: number, mode: number): number {
  s.fpscr |= FPSCR.OFC | FPSCR.IXC;
  const toInfinity = mode === ROUND.nearest || mode === (sign ? ROUND.minus : ROUND.plus);
  return sign | (toInfinity ? 0x7f800000 : 0x7f7fffff);
}

/** The exponent of a magnitude; -1023 for zero and denormals of a double. */
export function exponentOf(magnitude: number): number {
  f64[0] = magnitude;
  return ((u64[1] >>> 20) & 0x7ff) - 1023;
}

/** Rounds a finite non-zero double (exact, or rounded to odd) to a single's bits, with FPSCR's flags (FPRound). */
export function roundToSingle(s: State, value: number, mode: number): number {
  const nearest = Math.fround(value);
  const magnitude = Math.abs(value);
  const ordinary = mode === ROUND.nearest && magnitude >= SMALLEST_NORMAL && Math.abs(nearest) < Infinity;
  if (!ordinary) return roundSlowly(s, value, mode);
  if (nearest !== value) s.fpscr |= FPSCR.IXC;
  return bitsOf(nearest);
}

function roundSlowly(s: State, value: number, mode: number): number {
  const sign = value < 0 ? 0x80000000 | 0 : 0;
  const magnitude = Math.abs(value);
  if (magnitude < SMALLEST_NORMAL) return roundTiny(s, magnitude, sign, mode);
  const exponent = exponentOf(magnitude);
  const scaled = magnitude * 2 ** (23 - exponent);
  const units = roundMagnitude(scaled, mode, sign !== 0);
  const bits = ((exponent + 127) << 23) + (units - 0x800000);
  if (exponent > 127 || bits >= 0x7f800000 || bits < 0) return overflow(s, sign, mode);
  if (units !== scaled) s.fpscr |= FPSCR.IXC;
  return sign | bits;
}
