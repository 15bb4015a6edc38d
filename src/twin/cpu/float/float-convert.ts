import { DEFAULT_NAN, flushInput, isInfinity, isNan, isSignalling } from "./float-nan.ts";
import { FPSCR, ROUND, roundingMode, roundMagnitude, roundToSingle, floatOf, exponentOf } from "./float-round.ts";
import type { State } from "../state.ts";

/** A fixed-point or integer format. */
export interface FixedFormat {
  readonly unsigned: boolean;
  /** 16 or 32 bits. */
  readonly width: number;
  readonly fraction: number;
}

/** A single to an integer or fixed-point number, saturating (FPToFixed). */
export function toFixed(s: State, bits: number, format: FixedFormat, mode: number): number {
  const operand = flushInput(s, bits);
  return numberToFixed(s, isNan(operand) ? Number.NaN : floatOf(operand), format, mode);
}

/** The same for a number that has been flushed already. */
export function numberToFixed(s: State, value: number, format: FixedFormat, mode: number): number {
  if (Number.isNaN(value)) {
    s.fpscr |= FPSCR.IOC;
    return 0;
  }
  const scaled = value * 2 ** format.fraction;
  const rounded = Math.sign(scaled) * roundMagnitude(Math.abs(scaled), mode, scaled < 0);
  const low = format.unsigned ? 0 : -(2 ** (format.width - 1));
  const high = format.unsigned ? 2 ** format.width - 1 : 2 ** (format.width - 1) - 1;
  const held = Math.max(low, Math.min(high, rounded));
  if (held !== rounded) s.fpscr |= FPSCR.IOC;
  else if (rounded !== scaled) s.fpscr |= FPSCR.IXC;
  return held | 0;
}

/** What a word means as an integer or fixed-point number; exact as a double. */
export function fixedValue(word: number, format: FixedFormat): number {
  const shift = 32 - format.width;
  const value = format.unsigned ? (word << shift) >>> shift : (word << shift) >> shift;
  return value / 2 ** format.fraction;
}

/** An integer or fixed-point number to a single (FixedToFP). */
export function fromFixed(s: State, word: number, format: FixedFormat, mode: number): number {
  const value = fixedValue(word, format);
  return value === 0 ? 0 : roundToSingle(s, value, mode);
}

/** A half-precision number to a single; always exact (FPHalfToSingle). */
export function halfToSingle(s: State, half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31 && !(s.fpscr & FPSCR.AHP)) return specialHalf(s, fraction, sign);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  return fraction === 0 ? sign : sign | denormalHalf(fraction);
}

function specialHalf(s: State, fraction: number, sign: number): number {
  if (fraction === 0) return sign | 0x7f800000;
  if (!(fraction & 0x200)) s.fpscr |= FPSCR.IOC;
  if (s.fpscr & FPSCR.DN) return DEFAULT_NAN;
  return sign | 0x7fc00000 | (fraction << 13);
}

function denormalHalf(fraction: number): number {
  const shift = Math.clz32(fraction) - 21;
  return ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

function nanToHalf(s: State, bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  if (s.fpscr & FPSCR.AHP) {
    s.fpscr |= FPSCR.IOC;
    return sign;
  }
  if (isSignalling(bits)) s.fpscr |= FPSCR.IOC;
  return s.fpscr & FPSCR.DN ? 0x7e00 : sign | 0x7e00 | ((bits >>> 13) & 0x1ff);
}

function halfOverflow(s: State, sign: number): number {
  if (s.fpscr & FPSCR.AHP) {
    s.fpscr |= FPSCR.IOC;
    return sign | 0x7fff;
  }
  const mode = roundingMode(s);
  s.fpscr |= FPSCR.OFC | FPSCR.IXC;
  const toInfinity = mode === ROUND.nearest || mode === (sign ? ROUND.minus : ROUND.plus);
  return sign | (toInfinity ? 0x7c00 : 0x7bff);
}

/** A single to half precision (FPSingleToHalf). */
export function singleToHalf(s: State, bits: number): number {
  const operand = flushInput(s, bits);
  const sign = (operand >>> 16) & 0x8000;
  const alternative = (s.fpscr & FPSCR.AHP) !== 0;
  if (isNan(operand)) return nanToHalf(s, operand);
  if (isInfinity(operand)) return alternative ? halfOverflow(s, sign) : sign | 0x7c00;
  return numberToHalf(s, Math.abs(floatOf(operand)), sign);
}

/** A finite magnitude to half precision, with the half's sign. */
export function numberToHalf(s: State, magnitude: number, sign: number): number {
  const alternative = (s.fpscr & FPSCR.AHP) !== 0;
  const exponent = Math.max(-14, exponentOf(magnitude));
  const scaled = magnitude * 2 ** (10 - exponent);
  const units = roundMagnitude(scaled, roundingMode(s), sign !== 0);
  const tiny = magnitude < 2 ** -14;
  const result = tiny ? units : ((exponent + 14) << 10) + units;
  if (result >= (alternative ? 0x8000 : 0x7c00) || exponent > 16) return halfOverflow(s, sign);
  if (units !== scaled) s.fpscr |= FPSCR.IXC | (tiny ? FPSCR.UFC : 0);
  return sign | result;
}
