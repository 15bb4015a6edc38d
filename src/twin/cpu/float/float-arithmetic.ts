import { flushInput, invalid, isInfinity, isNan, isSignalling, isZero, propagateNan } from "./float-nan.ts";
import { exactOrSticky, FPSCR, ROUND, roundingMode, roundToOdd, roundToSingle, floatOf } from "./float-round.ts";
import type { State } from "../state.ts";

/*
 * Single-precision arithmetic on bits, exact in every rounding mode, with the cumulative flags: operations are done in
 * double, rounded to odd, then once to single. Every function takes and returns bits as signed 32-bit numbers.
 */

const SIGN = 0x80000000 | 0;
const INFINITY = 0x7f800000;

/** Bits with the sign turned, NaNs included (FPNeg). */
export const negate = (bits: number): number => bits ^ SIGN;

/** The sum of two doubles, rounded to odd; a cancellation to zero takes its sign from the mode. */
function sumToSingle(s: State, a: number, b: number): number {
  const sum = a + b;
  if (sum === 0) return roundingMode(s) === ROUND.minus ? SIGN : 0;
  const back = sum - a;
  const error = a - (sum - back) + (b - back);
  return roundToSingle(s, roundToOdd(sum, error), roundingMode(s));
}

function addZeros(s: State, a: number, b: number): number {
  if (a === b) return a;
  return roundingMode(s) === ROUND.minus ? SIGN : 0;
}

/** a + b (FPAdd). */
export function add(s: State, x: number, y: number): number {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  if (isNan(a) || isNan(b)) return propagateNan(s, [a, b]);
  if (isInfinity(a) && isInfinity(b)) return a === b ? a : invalid(s);
  if (isInfinity(a)) return a;
  if (isInfinity(b)) return b;
  if (isZero(a) && isZero(b)) return addZeros(s, a, b);
  return sumToSingle(s, floatOf(a), floatOf(b));
}

/** a - b (FPSub): a NaN in b keeps its sign. */
export const subtract = (s: State, a: number, b: number): number => add(s, a, isNan(b) ? b : negate(b));

/** a * b (FPMul). */
export function multiply(s: State, x: number, y: number): number {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  if (isNan(a) || isNan(b)) return propagateNan(s, [a, b]);
  const sign = (a ^ b) & SIGN;
  if (isInfinity(a) || isInfinity(b)) return isZero(a) || isZero(b) ? invalid(s) : sign | INFINITY;
  if (isZero(a) || isZero(b)) return sign;
  return roundToSingle(s, floatOf(a) * floatOf(b), roundingMode(s));
}

/** a / b (FPDiv). */
export function divide(s: State, x: number, y: number): number {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  if (isNan(a) || isNan(b)) return propagateNan(s, [a, b]);
  const sign = (a ^ b) & SIGN;
  if (isInfinity(a)) return isInfinity(b) ? invalid(s) : sign | INFINITY;
  if (isZero(b)) return isZero(a) ? invalid(s) : divideByZero(s, sign);
  if (isZero(a) || isInfinity(b)) return sign;
  const dividend = floatOf(a);
  const divisor = floatOf(b);
  const quotient = exactOrSticky(dividend / divisor, (q) => q * divisor === dividend);
  return roundToSingle(s, quotient, roundingMode(s));
}

function divideByZero(s: State, sign: number): number {
  s.fpscr |= FPSCR.DZC;
  return sign | INFINITY;
}

/** The square root (FPSqrt). */
export function squareRoot(s: State, x: number): number {
  const a = flushInput(s, x);
  if (isNan(a)) return propagateNan(s, [a]);
  if (isZero(a) || a === INFINITY) return a;
  if (a < 0) return invalid(s);
  const value = floatOf(a);
  return roundToSingle(
    s,
    exactOrSticky(Math.sqrt(value), (root) => root * root === value),
    roundingMode(s),
  );
}

/** addend + a * b with one rounding (FPMulAdd). */
export function multiplyAdd(s: State, z: number, x: number, y: number): number {
  const addend = flushInput(s, z);
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  const infiniteTimesZero = (isInfinity(a) && isZero(b)) || (isZero(a) && isInfinity(b));
  const anyNan = isNan(addend) || isNan(a) || isNan(b);
  if (infiniteTimesZero && (!anyNan || (isNan(addend) && !isSignalling(addend)))) return invalid(s);
  return anyNan ? propagateNan(s, [addend, a, b]) : fused(s, addend, a, b);
}

function fused(s: State, addend: number, a: number, b: number): number {
  const sign = (a ^ b) & SIGN;
  const infinite = isInfinity(a) || isInfinity(b);
  if (isInfinity(addend)) return infinite && (addend ^ sign) & SIGN ? invalid(s) : addend;
  if (infinite) return sign | INFINITY;
  const product = isZero(a) || isZero(b);
  if (product && isZero(addend)) return addZeros(s, addend, sign);
  return sumToSingle(s, floatOf(addend), floatOf(a) * floatOf(b));
}

/** The larger or smaller of two numbers; a single quiet NaN loses (FPMaxNum, FPMinNum). */
export function pick(s: State, x: number, y: number, smaller: boolean): number {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  if (isNan(a) || isNan(b)) {
    const quiet = !isSignalling(a) && !isSignalling(b);
    if (quiet && !isNan(b)) return b;
    return quiet && !isNan(a) ? a : propagateNan(s, [a, b]);
  }
  const [left, right] = [floatOf(a), floatOf(b)];
  if (left === right) return smaller ? a | b : a & b;
  return left > right === !smaller ? a : b;
}

/** FPSCR's N Z C V for a comparison; `signals`: a quiet NaN is invalid too (FPCompare). */
export function compare(s: State, x: number, y: number, signals: boolean): void {
  const a = flushInput(s, x);
  const b = flushInput(s, y);
  const flags = comparison(s, a, b, signals);
  s.fpscr = (s.fpscr & 0x0fffffff) | (flags << 28);
}

function comparison(s: State, a: number, b: number, signals: boolean): number {
  if (isNan(a) || isNan(b)) {
    const signalling = [a, b].some((bits) => isNan(bits) && (signals || (bits & 0x00400000) === 0));
    if (signalling) s.fpscr |= FPSCR.IOC;
    return 0b0011;
  }
  const left = floatOf(a);
  const right = floatOf(b);
  if (left === right) return 0b0110;
  return left < right ? 0b1000 : 0b0010;
}
