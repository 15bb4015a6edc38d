import { FPSCR } from "./float-round.ts";
import type { State } from "../state.ts";

/** The NaN that an invalid operation gives. */
export const DEFAULT_NAN = 0x7fc00000;

const QUIET = 0x00400000;

/** Whether these bits are a NaN. */
export const isNan = (bits: number): boolean => (bits & 0x7fffffff) > 0x7f800000;

/** Whether these bits are a signalling NaN. */
export const isSignalling = (bits: number): boolean => isNan(bits) && (bits & QUIET) === 0;

/** Whether these bits are an infinity. */
export const isInfinity = (bits: number): boolean => (bits & 0x7fffffff) === 0x7f800000;

/** Whether these bits are a zero. */
export const isZero = (bits: number): boolean => (bits & 0x7fffffff) === 0;

/** IOC and the default NaN. */
export function invalid(s: State): number {
  s.fpscr |= FPSCR.IOC;
  return DEFAULT_NAN;
}

/** The NaN that results from operands of which one is a NaN: signalling ones first, in order (FPProcessNaNs). */
export function propagateNan(s: State, operands: readonly number[]): number {
  const signalling = operands.find(isSignalling);
  const nan = signalling ?? operands.find(isNan) ?? DEFAULT_NAN;
  if (signalling !== undefined) s.fpscr |= FPSCR.IOC;
  return s.fpscr & FPSCR.DN ? DEFAULT_NAN : nan | QUIET;
}

/** An operand as arithmetic sees it: under FZ a denormal counts as zero and sets IDC. */
export function flushInput(s: State, bits: number): number {
  if (!(s.fpscr & FPSCR.FZ) || bits & 0x7f800000 || isZero(bits)) return bits;
  s.fpscr |= FPSCR.IDC;
  return bits & 0x80000000;
}
