import {
  type Bits,
  bitLength,
  flushInput,
  INFINITY,
  invalid,
  isInfinity,
  isNan,
  isSignalling,
  isZero,
  magnitude,
  numberOf,
  propagateNan,
  roundToDouble,
  SIGN,
} from "./double-bits.ts";
import { FPSCR, ROUND, roundingMode } from "./float-round.ts";
import type { State } from "../state.ts";

/*
 * Double-precision arithmetic on bits, exact in every rounding mode, with the cumulative flags: operations are done on whole
 * numbers of any length and rounded once. The names are those of the ARMv7-M manual's pseudocode.
 */

/** Bits with the sign turned, NaNs included (FPNeg). */
export const negate = (bits: Bits): Bits => bits ^ SIGN;

/** Bits without sign (FPAbs). */
export const absolute = (bits: Bits): Bits => bits & ~SIGN;

const zeroOf = (s: State): Bits => (roundingMode(s) === ROUND.minus ? SIGN : 0n);

/** A sum of two finite magnitudes with signs, rounded once; a cancellation takes its sign from the mode. */
function sum(s: State, a: readonly [bigint, number], aSign: Bits, b: readonly [bigint, number], bSign: Bits): Bits {
  const exponent = Math.min(a[1], b[1]);
  const left = a[0] << BigInt(a[1] - exponent);
  const right = b[0] << BigInt(b[1] - exponent);
  const total = (aSign ? -left : left) + (bSign ? -right : right);
  if (total === 0n) return left === 0n && aSign === bSign ? aSign : zeroOf(s);
  return roundToDouble(s, total < 0n ? SIGN : 0n, total < 0n ? -total : total, exponent, roundingMode(s));
}

/** a + b (FPAdd). */
export function add(s: State, x: Bits, y: Bits): Bits {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  if (isNan(a) || isNan(b)) return propagateNan(s, [a, b]);
  if (isInfinity(a)) return isInfinity(b) && a !== b ? invalid(s) : a;
  if (isInfinity(b)) return b;
  return sum(s, magnitude(a), a & SIGN, magnitude(b), b & SIGN);
}

/** a - b (FPSub): a NaN in b keeps its sign. */
export const subtract = (s: State, a: Bits, b: Bits): Bits => add(s, a, isNan(b) ? b : negate(b));

/** a * b (FPMul). */
export function multiply(s: State, x: Bits, y: Bits): Bits {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  if (isNan(a) || isNan(b)) return propagateNan(s, [a, b]);
  const sign = (a ^ b) & SIGN;
  if (isInfinity(a) || isInfinity(b)) return isZero(a) || isZero(b) ? invalid(s) : sign | INFINITY;
  if (isZero(a) || isZero(b)) return sign;
  const [m, e] = magnitude(a);
  const [n, f] = magnitude(b);
  return roundToDouble(s, sign, m * n, e + f, roundingMode(s));
}

/** Bits below the last that a quotient or root is worked out to, before the sticky one. */
const SPARE = 64;

/** a / b (FPDiv). */
export function divide(s: State, x: Bits, y: Bits): Bits {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  if (isNan(a) || isNan(b)) return propagateNan(s, [a, b]);
  const sign = (a ^ b) & SIGN;
  if (isInfinity(a)) return isInfinity(b) ? invalid(s) : sign | INFINITY;
  if (isZero(b)) return isZero(a) ? invalid(s) : divideByZero(s, sign);
  if (isZero(a) || isInfinity(b)) return sign;
  const [m, e] = magnitude(a);
  const [n, f] = magnitude(b);
  const shift = SPARE + Math.max(0, bitLength(n) - bitLength(m)) + 53;
  const dividend = m << BigInt(shift);
  const quotient = dividend / n;
  const sticky = quotient * n === dividend ? 0n : 1n;
  return roundToDouble(s, sign, (quotient << 1n) | sticky, e - f - shift - 1, roundingMode(s));
}

function divideByZero(s: State, sign: Bits): Bits {
  s.fpscr |= FPSCR.DZC;
  return sign | INFINITY;
}

/** The whole part of a root, by Newton's method from above. */
function wholeRoot(value: bigint): bigint {
  let root = 1n << BigInt((bitLength(value) + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The square root (FPSqrt). */
export function squareRoot(s: State, x: Bits): Bits {
  const a = flushInput(s, x);
  if (isNan(a)) return propagateNan(s, [a]);
  if (isZero(a) || a === INFINITY) return a;
  if (a & SIGN) return invalid(s);
  const [m, e] = magnitude(a);
  const shift = 2 * SPARE + (e & 1);
  const radicand = m << BigInt(shift);
  const root = wholeRoot(radicand);
  const sticky = root * root === radicand ? 0n : 1n;
  return roundToDouble(s, 0n, (root << 1n) | sticky, (e - shift) / 2 - 1, roundingMode(s));
}

/** addend + a * b with one rounding (FPMulAdd). */
export function multiplyAdd(s: State, z: Bits, x: Bits, y: Bits): Bits {
  const addend = flushInput(s, z);
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  const infiniteTimesZero = (isInfinity(a) && isZero(b)) || (isZero(a) && isInfinity(b));
  const anyNan = isNan(addend) || isNan(a) || isNan(b);
  if (infiniteTimesZero && (!anyNan || (isNan(addend) && !isSignalling(addend)))) return invalid(s);
  return anyNan ? propagateNan(s, [addend, a, b]) : fused(s, addend, a, b);
}

function fused(s: State, addend: Bits, a: Bits, b: Bits): Bits {
  const sign = (a ^ b) & SIGN;
  const infinite = isInfinity(a) || isInfinity(b);
  if (isInfinity(addend)) return infinite && (addend & SIGN) !== sign ? invalid(s) : addend;
  if (infinite) return sign | INFINITY;
  const [m, e] = magnitude(a);
  const [n, f] = magnitude(b);
  return sum(s, magnitude(addend), addend & SIGN, [m * n, e + f], sign);
}

/** FPSCR's N Z C V for a comparison; `signals`: a quiet NaN is invalid too (FPCompare). */
export function compare(s: State, x: Bits, y: Bits, signals: boolean): void {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  const flags = comparison(s, a, b, signals);
  s.fpscr = (s.fpscr & 0x0fffffff) | (flags << 28);
}

function comparison(s: State, a: Bits, b: Bits, signals: boolean): number {
  if (isNan(a) || isNan(b)) {
    if (signals || isSignalling(a) || isSignalling(b)) s.fpscr |= FPSCR.IOC;
    return 0b0011;
  }
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left === right) return 0b0110;
  return left < right ? 0b1000 : 0b0010;
}

/** The larger or smaller of two numbers; a single quiet NaN loses (FPMaxNum, FPMinNum). */
export function pick(s: State, x: Bits, y: Bits, smaller: boolean): Bits {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  if (isNan(a) || isNan(b)) {
    const quiet = !isSignalling(a) && !isSignalling(b);
    if (quiet && !isNan(b)) return b;
    return quiet && !isNan(a) ? a : propagateNan(s, [a, b]);
  }
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left === right) return smaller ? a | b : a & b;
  return left > right === !smaller ? a : b;
}
