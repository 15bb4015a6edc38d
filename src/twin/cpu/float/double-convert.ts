import {
  type Bits,
  bitsOf,
  DEFAULT_NAN,
  flushInput,
  isInfinity,
  isNan,
  isSignalling,
  isZero,
  numberOf,
  propagateNan,
  SIGN,
} from "./double-bits.ts";
import { type FixedFormat, halfToSingle, numberToFixed, numberToHalf } from "./float-convert.ts";
import * as single from "./float-nan.ts";
import { floatOf, FPSCR, roundingMode, roundMagnitude, roundToSingle } from "./float-round.ts";
import type { State } from "../state.ts";

const signOf = (bits: Bits): number => (bits & SIGN ? 0x80000000 | 0 : 0);

/** A double to a single (FPConvert). */
export function doubleToSingle(s: State, bits: Bits): number {
  const operand = flushInput(s, bits);
  if (isNan(operand)) {
    if (isSignalling(operand)) s.fpscr |= FPSCR.IOC;
    const payload = Number((operand >> 29n) & 0x3fffffn);
    return s.fpscr & FPSCR.DN ? single.DEFAULT_NAN : signOf(operand) | 0x7fc00000 | payload;
  }
  if (isInfinity(operand)) return signOf(operand) | 0x7f800000;
  return isZero(operand) ? signOf(operand) : roundToSingle(s, numberOf(operand), roundingMode(s));
}

/** A single to a double; exact but for NaNs and what FZ flushes (FPConvert). */
export function singleToDouble(s: State, bits: number): Bits {
  const operand = single.flushInput(s, bits);
  if (!single.isNan(operand)) return bitsOf(floatOf(operand));
  if (single.isSignalling(operand)) s.fpscr |= FPSCR.IOC;
  if (s.fpscr & FPSCR.DN) return DEFAULT_NAN;
  const sign = operand < 0 ? SIGN : 0n;
  return sign | DEFAULT_NAN | (BigInt(operand & 0x3fffff) << 29n);
}

/** A half to a double; a half's denormals are never flushed. */
export const halfToDouble = (s: State, half: number): Bits => singleToDouble(s, halfToSingle(s, half));

/** A double to a half, rounded once. */
export function doubleToHalf(s: State, bits: Bits): number {
  const operand = flushInput(s, bits);
  const sign = operand & SIGN ? 0x8000 : 0;
  if (isNan(operand)) return nanToHalf(s, operand, sign);
  if (!isInfinity(operand)) return numberToHalf(s, Math.abs(numberOf(operand)), sign);
  if (!(s.fpscr & FPSCR.AHP)) return sign | 0x7c00;
  s.fpscr |= FPSCR.IOC;
  return sign | 0x7fff;
}

function nanToHalf(s: State, bits: Bits, sign: number): number {
  const alternative = (s.fpscr & FPSCR.AHP) !== 0;
  if (alternative || isSignalling(bits)) s.fpscr |= FPSCR.IOC;
  if (alternative) return sign;
  return s.fpscr & FPSCR.DN ? 0x7e00 : sign | 0x7e00 | Number((bits >> 42n) & 0x1ffn);
}

/** A double to an integer or fixed-point number, saturating (FPToFixed). */
export function doubleToFixed(s: State, bits: Bits, format: FixedFormat, mode: number): number {
  const operand = flushInput(s, bits);
  return numberToFixed(s, isNan(operand) ? Number.NaN : numberOf(operand), format, mode);
}

/** A finite number rounded to a whole one that keeps its sign; `exact` sets IXC where that changed it. */
function wholeNumber(s: State, value: number, mode: number, exact: boolean): number {
  const rounded = roundMagnitude(Math.abs(value), mode, value < 0);
  if (exact && rounded !== Math.abs(value)) s.fpscr |= FPSCR.IXC;
  return value < 0 ? -rounded : rounded;
}

/** A double rounded to a whole number (FPRoundInt). */
export function roundDouble(s: State, bits: Bits, mode: number, exact: boolean): Bits {
  const operand = flushInput(s, bits);
  if (isNan(operand)) return propagateNan(s, [operand]);
  if (isInfinity(operand) || isZero(operand)) return operand;
  return bitsOf(wholeNumber(s, numberOf(operand), mode, exact));
}

const f32 = new Float32Array(1);
const i32 = new Int32Array(f32.buffer);

/** A single rounded to a whole number (FPRoundInt). */
export function roundSingle(s: State, bits: number, mode: number, exact: boolean): number {
  const operand = single.flushInput(s, bits);
  if (single.isNan(operand)) return single.propagateNan(s, [operand]);
  if (single.isInfinity(operand) || single.isZero(operand)) return operand;
  f32[0] = wholeNumber(s, floatOf(operand), mode, exact);
  return i32[0];
}
