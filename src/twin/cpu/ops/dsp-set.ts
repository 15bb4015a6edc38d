import type { Decoded } from "../decode/decoded.ts";
import { EXTEND, PKH, UMAAL } from "./ops-alu.ts";
import {
  DUAL_ADD,
  DUAL_SUBTRACT,
  LONG_DUAL_ADD,
  LONG_DUAL_SUBTRACT,
  LONG_HALVES,
  MULTIPLY_HALVES,
  MULTIPLY_HIGH,
  MULTIPLY_WORD_HALF,
  Q_ARITHMETIC,
  SEL,
  SSAT16,
  USAD8,
  USAT16,
} from "./ops-dsp.ts";
import { PARALLEL } from "./ops-parallel.ts";

const DSP: ReadonlySet<number> = new Set([
  ...[PKH, UMAAL, DUAL_ADD, DUAL_SUBTRACT, LONG_DUAL_ADD, LONG_DUAL_SUBTRACT, LONG_HALVES, MULTIPLY_HALVES],
  ...[MULTIPLY_HIGH, MULTIPLY_WORD_HALF, Q_ARITHMETIC, SEL, SSAT16, USAD8, USAT16, PARALLEL],
]);

const RN_NONE = 15;
const SXTB16 = 2;
const UXTB16 = 3;

/** SXTAB and its kin, SXTB16 and UXTB16 belong to the extension; a rotated SXTB does not. */
function isDspExtend(x: number): boolean {
  const form = (x >> 12) & 7;
  return ((x >> 4) & 15) !== RN_NONE || form === SXTB16 || form === UXTB16;
}

/** Whether an instruction exists only with the DSP extension (ARMv7-M ARM A4.4.3, table A4-6). */
export const isDsp = ({ op, x }: Decoded): boolean => DSP.has(op) || (op === EXTEND && isDspExtend(x));
