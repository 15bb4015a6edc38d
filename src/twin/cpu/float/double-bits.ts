import { FPSCR, ROUND } from "./float-round.ts";
import type { State } from "../state.ts";

/** Bits of a double as an unsigned 64-bit number. */
export type Bits = bigint;

/** The sign bit of a double. */
export const SIGN = 0x8000000000000000n;
/** Positive infinity. */
export const INFINITY = 0x7ff0000000000000n;
/** The NaN that an invalid operation gives. */
export const DEFAULT_NAN = 0x7ff8000000000000n;
const QUIET = 0x0008000000000000n;
const FRACTION = 0x000fffffffffffffn;
const LARGEST = 0x7fefffffffffffffn;
const HIDDEN = 0x0010000000000000n;

const i32 = new Int32Array(2);
const f64 = new Float64Array(i32.buffer);

/** D register `d` as bits. */
export const readD = (s: State, d: number): Bits => (BigInt(s.s[2 * d + 1] >>> 0) << 32n) | BigInt(s.s[2 * d] >>> 0);

/** Sets D register `d` from bits. */
export function writeD(s: State, d: number, bits: Bits): void {
  s.s[2 * d] = Number(bits & 0xffffffffn) | 0;
  s.s[2 * d + 1] = Number(bits >> 32n) | 0;
}

/** D register `d` as the number that it holds. */
export function numberOfD(s: State, d: number): number {
  i32[0] = s.s[2 * d];
  i32[1] = s.s[2 * d + 1];
  return f64[0];
}

/** Sets D register `d` to a number. */
export function writeNumber(s: State, d: number, value: number): void {
  f64[0] = value;
  s.s[2 * d] = i32[0];
  s.s[2 * d + 1] = i32[1];
}

/** The number that bits stand for; not for NaNs. */
export function numberOf(bits: Bits): number {
  i32[0] = Number(bits & 0xffffffffn) | 0;
  i32[1] = Number(bits >> 32n) | 0;
  return f64[0];
}

/** The bits of a number; not for NaNs. */
export function bitsOf(value: number): Bits {
  f64[0] = value;
  return (BigInt(i32[1] >>> 0) << 32n) | BigInt(i32[0] >>> 0);
}

/** Whether these bits are a NaN. */
export const isNan = (bits: Bits): boolean => (bits & ~SIGN) > INFINITY;
/** Whether these bits are a signalling NaN. */
export const isSignalling = (bits: Bits): boolean => isNan(bits) && (bits & QUIET) === 0n;
/** Whether these bits are an infinity. */
export const isInfinity = (bits: Bits): boolean => (bits & ~SIGN) === INFINITY;
/** Whether these bits are a zero. */
export const isZero = (bits: Bits): boolean => (bits & ~SIGN) === 0n;

/** IOC and the default NaN. */
export function invalid(s: State): Bits {
  s.fpscr |= FPSCR.IOC;
  return DEFAULT_NAN;
}

/** The NaN that results from operands of which one is a NaN: signalling ones first, in order (FPProcessNaNs). */
export function propagateNan(s: State, operands: readonly Bits[]): Bits {
  const signalling = operands.find(isSignalling);
  const nan = signalling ?? operands.find(isNan) ?? DEFAULT_NAN;
  if (signalling !== undefined) s.fpscr |= FPSCR.IOC;
  return s.fpscr & FPSCR.DN ? DEFAULT_NAN : nan | QUIET;
}

/** An operand as arithmetic sees it: under FZ a denormal counts as zero and sets IDC. */
export function flushInput(s: State, bits: Bits): Bits {
  if (!(s.fpscr & FPSCR.FZ) || bits & INFINITY || isZero(bits)) return bits;
  s.fpscr |= FPSCR.IDC;
  return bits & SIGN;
}

/** A finite number as a whole number times a power of two, its sign aside. */
export function magnitude(bits: Bits): readonly [mantissa: bigint, exponent: number] {
  const exponent = Number((bits & INFINITY) >> 52n);
  return exponent === 0 ? [bits & FRACTION, -1074] : [(bits & FRACTION) | HIDDEN, exponent - 1075];
}

/** Position of the leading 1 plus one. */
export function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0] as string, 16)) + 28;
}

/** Whether the mode rounds away from zero: `rest` of `unit` is left over, the whole part is odd or even. */
function roundsUp(mode: number, negative: boolean, rest: bigint, half: bigint, odd: boolean): boolean {
  if (mode === ROUND.nearest) return rest > half || (rest === half && odd);
  return mode === (negative ? ROUND.minus : ROUND.plus);
}

function overflow(s: State, sign: Bits, mode: number): Bits {
  s.fpscr |= FPSCR.OFC | FPSCR.IXC;
  const toInfinity = mode === ROUND.nearest || mode === (sign ? ROUND.minus : ROUND.plus);
  return sign | (toInfinity ? INFINITY : LARGEST);
}

/**
 * Rounds `mantissa` times 2^`exponent` (exact and not 0, or with a sticky last bit far below) to a double's bits, with
 * FPSCR's flags (FPRound).
 */
export function roundToDouble(s: State, sign: Bits, mantissa: bigint, exponent: number, mode: number): Bits {
  const leading = exponent + bitLength(mantissa) - 1;
  const tiny = leading < -1022;
  if (tiny && s.fpscr & FPSCR.FZ) {
    s.fpscr |= FPSCR.UFC;
    return sign;
  }
  const shift = (tiny ? -1074 : leading - 52) - exponent;
  const units = shift <= 0 ? mantissa << BigInt(-shift) : rounded(s, sign, mantissa, BigInt(shift), mode, tiny);
  const bits = tiny ? units : (BigInt(leading + 1022) << 52n) + units;
  return bits >= INFINITY ? overflow(s, sign, mode) : sign | bits;
}

function rounded(s: State, sign: Bits, mantissa: bigint, shift: bigint, mode: number, tiny: boolean): bigint {
  const whole = mantissa >> shift;
  const rest = mantissa - (whole << shift);
  if (rest === 0n) return whole;
  s.fpscr |= FPSCR.IXC | (tiny ? FPSCR.UFC : 0);
  return roundsUp(mode, sign !== 0n, rest, 1n << (shift - 1n), (whole & 1n) === 1n) ? whole + 1n : whole;
}
