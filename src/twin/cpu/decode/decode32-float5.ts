import { coprocessor, isReserved, undefinedFloat } from "./decode32-float.ts";
import { decodeDouble } from "./decode32-double.ts";
import { type Decoded, instruction, type Wide } from "./decoded.ts";
import { doubleFields, singleFields } from "./float-fields.ts";
import { ROUND } from "../float/float-round.ts";
import { CONVERT, floats } from "../ops/ops-float.ts";
import { VCVT_DIRECTED_D, VPICK_D, VRINT_D, VSEL_D } from "../ops/ops-double.ts";
import { DIRECTED, ROUNDING, VCVT_DIRECTED, VPICK, VRINT, VSEL } from "../ops/ops-float5.ts";

/** What the rounding instructions do: VRINTR, VRINTZ, VRINTX by opc2 and bit 7. */
function roundingOf(hw1: number, hw2: number): number | undefined {
  const opc2 = hw1 & 15;
  const second = (hw2 & 0x80) !== 0;
  if (opc2 === 6) return second ? ROUND.zero : ROUNDING.byMode;
  return opc2 === 7 && !second ? ROUNDING.byMode | ROUNDING.exact : undefined;
}

const isRounding = (hw1: number, hw2: number): boolean =>
  (hw1 & 0xffb0) === 0xeeb0 && (hw2 & 0x50) === 0x40 && roundingOf(hw1, hw2) !== undefined;

/** VRINTA and VCVTA and their kin: bits 19:18 of the word are 10 or 11, 17:16 the mode. */
function directed(hw1: number, hw2: number, isDouble: boolean): Decoded {
  const s = singleFields(hw1, hw2);
  const { d, m } = doubleFields(hw1, hw2);
  const mode = DIRECTED[hw1 & 3] as number;
  if (!(hw1 & 4)) {
    if (hw2 & 0x80) return undefinedFloat();
    return isDouble ? instruction(VRINT_D, floats(d, 0, m), mode) : instruction(VRINT, floats(s.d, 0, s.m), mode);
  }
  const imm = mode | (hw2 & 0x80 ? 0 : CONVERT.unsigned);
  if (isDouble) return instruction(VCVT_DIRECTED_D, floats(s.d, 0, m), imm);
  return instruction(VCVT_DIRECTED, floats(s.d, 0, s.m), imm);
}

/** VSEL (0xFE00) and VMAXNM, VMINNM (0xFE80). */
function choose(hw1: number, hw2: number, isDouble: boolean): Decoded {
  const { d, n, m } = isDouble ? doubleFields(hw1, hw2) : singleFields(hw1, hw2);
  const picks = (hw1 & 0x80) !== 0;
  if (picks ? hw1 & 0x30 : hw2 & 0x40) return undefinedFloat();
  const op = picks ? (isDouble ? VPICK_D : VPICK) : isDouble ? VSEL_D : VSEL;
  return instruction(op, floats(d, n, m), picks ? (hw2 >> 6) & 1 : (hw1 >> 4) & 3);
}

/** 0xFE00 to 0xFEFF (ARMv7-M ARM A6.4, DDI 0403E): the FPv5 instructions without condition. */
function unconditional(hw1: number, hw2: number, isDouble: boolean): Decoded {
  if (hw2 & 16 || (isDouble && usesUpper(hw1, hw2))) return undefinedFloat();
  if ((hw1 & 0xb0) !== 0xb0) return choose(hw1, hw2, isDouble);
  return hw1 & 8 && hw2 & 0x40 ? directed(hw1, hw2, isDouble) : undefinedFloat();
}

/** Whether a double operand of an unconditional instruction would be D16 or above; VCVT's destination is a single. */
function usesUpper(hw1: number, hw2: number): boolean {
  const { d, n, m } = doubleFields(hw1, hw2);
  const fixed = (hw1 & 0xb0) === 0xb0;
  const toSingle = fixed && (hw1 & 0xc) === 0xc;
  return m > 15 || (!toSingle && d > 15) || (!fixed && n > 15);
}

/** FPv5, with or without double precision. */
export const fpv5 =
  (doubles: boolean): Wide =>
  (hw1, hw2, pc) => {
    if (isReserved(hw1) || (hw2 & 0xe00) !== 0xa00) return coprocessor(hw1, hw2, pc);
    const isDouble = (hw2 & 0x100) !== 0;
    if (isDouble && !doubles) return coprocessor(hw1, hw2, pc);
    if (hw1 >> 8 === 0xfe) return unconditional(hw1, hw2, isDouble);
    if (isDouble && hw1 >> 8 === 0xee && !(hw2 & 16)) return decodeDouble(hw1, hw2, roundingOf(hw1, hw2));
    if (isRounding(hw1, hw2)) {
      const { d, m } = singleFields(hw1, hw2);
      return instruction(VRINT, floats(d, 0, m), roundingOf(hw1, hw2));
    }
    // VCVT.F64.F32 has a single as its operand and bit 8 clear.
    return doubles && isWidening(hw1, hw2) ? decodeDouble(hw1, hw2, undefined) : coprocessor(hw1, hw2, pc);
  };

const isWidening = (hw1: number, hw2: number): boolean => (hw1 & 0xffbf) === 0xeeb7 && (hw2 & 0xd0) === 0xc0;
