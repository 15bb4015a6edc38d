import { undefinedFloat } from "./decode32-float.ts";
import { type Decoded, instruction } from "./decoded.ts";
import { doubleFields, type FloatFields, singleFields } from "./float-fields.ts";
import {
  DOUBLES,
  VCMP_D,
  VCVT_FROM_FIXED_D,
  VCVT_FROM_HALF_D,
  VCVT_FROM_INTEGER_D,
  VCVT_FROM_SINGLE,
  VCVT_TO_FIXED_D,
  VCVT_TO_HALF_D,
  VCVT_TO_INTEGER_D,
  VCVT_TO_SINGLE,
  VMOV_IMM_D,
  VRINT_D,
} from "../ops/ops-double.ts";
import { CONVERT, floats } from "../ops/ops-float.ts";

/** Register fields as singles and as doubles. */
interface Fields extends FloatFields {
  readonly s: number;
  readonly sm: number;
}

function fields(hw1: number, hw2: number): Fields {
  const single = singleFields(hw1, hw2);
  return { ...doubleFields(hw1, hw2), s: single.d, sm: single.m };
}

/** An instruction whose double registers must be D0 to D15. */
const make = (op: number, x: number, imm: number, doubles: readonly number[], cycles = 1): Decoded =>
  doubles.some((register) => register > 15) ? undefinedFloat() : instruction(op, x, imm, cycles);

/** By opc1 (bits 23, 21:20) and bit 6, with cycles that are approximate. */
const ARITHMETIC: Readonly<Record<number, readonly [op0: number, op1: number, cycles: number]>> = {
  0: [DOUBLES.VMLA, DOUBLES.VMLS, 7],
  1: [DOUBLES.VNMLS, DOUBLES.VNMLA, 7],
  2: [DOUBLES.VMUL, DOUBLES.VNMUL, 4],
  3: [DOUBLES.VADD, DOUBLES.VSUB, 2],
  8: [DOUBLES.VDIV, 0, 28],
  9: [DOUBLES.VFNMS, DOUBLES.VFNMA, 7],
  10: [DOUBLES.VFMA, DOUBLES.VFMS, 7],
};

/** VFPExpandImm for doubles, the upper word; the lower one is 0 (ARMv7-M ARM A6.4.1). */
function expandDouble(imm8: number): number {
  const exponent = imm8 & 0x40 ? 0x3fc00000 : 0x40000000;
  return ((imm8 & 0x80) << 24) | exponent | ((imm8 & 0x3f) << 16);
}

function toInteger(hw1: number, hw2: number, { s, m }: Fields): Decoded {
  const imm = (hw1 & 1 ? 0 : CONVERT.unsigned) | (hw2 & 0x80 ? 0 : CONVERT.byMode);
  return make(VCVT_TO_INTEGER_D, floats(s, 0, m), imm, [m]);
}

/** Conversions between double and 16- or 32-bit fixed point; imm4:i is what 16 or 32 lacks in fraction bits. */
function fixedPoint(hw1: number, hw2: number, op: number, { d }: Fields): Decoded {
  const width = hw2 & 0x80 ? 32 : 16;
  const fraction = width - (((hw2 & 15) << 1) | ((hw2 >> 5) & 1));
  if (fraction < 0) return undefinedFloat();
  const imm = fraction | (width === 16 ? CONVERT.half : 0) | (hw1 & 1 ? CONVERT.unsigned : 0);
  return make(op, floats(d), imm, [d]);
}

const SIGNED = 0x80;

/** The forms by opc2, with bit 6 set; bit 7 picks within (ARMv7-M ARM A6.4). */
function other(hw1: number, hw2: number, f: Fields): Decoded {
  const opc2 = hw1 & 15;
  const second = (hw2 & 0x80) !== 0;
  const { s, sm, d, m } = f;
  if (opc2 === 0) return make(second ? DOUBLES.VABS : DOUBLES.VMOV, floats(d, 0, m), 0, [d, m]);
  if (opc2 === 1) return make(second ? DOUBLES.VSQRT : DOUBLES.VNEG, floats(d, 0, m), 0, [d, m], second ? 28 : 1);
  if (opc2 === 2) return make(VCVT_FROM_HALF_D, floats(d, 0, sm), second ? 16 : 0, [d]);
  if (opc2 === 3) return make(VCVT_TO_HALF_D, floats(s, 0, m), second ? 16 : 0, [m]);
  if (opc2 === 4) return make(VCMP_D, floats(d, 0, m), second ? 1 : 0, [d, m]);
  if (opc2 === 5) return make(VCMP_D, floats(d), second ? 3 : 2, [d]);
  if (opc2 === 7) return narrowing(hw2, f);
  if (opc2 === 8) return make(VCVT_FROM_INTEGER_D, floats(d, 0, sm), hw2 & SIGNED ? 0 : CONVERT.unsigned, [d]);
  if (opc2 === 10 || opc2 === 11) return fixedPoint(hw1, hw2, VCVT_FROM_FIXED_D, f);
  if (opc2 === 12 || opc2 === 13) return toInteger(hw1, hw2, f);
  return opc2 >= 14 ? fixedPoint(hw1, hw2, VCVT_TO_FIXED_D, f) : undefinedFloat();
}

/** VCVT between single and double: bit 8 says which of them the operand is. */
function narrowing(hw2: number, { s, sm, d, m }: Fields): Decoded {
  if (hw2 & 0x100) return make(VCVT_TO_SINGLE, floats(s, 0, m), 0, [m]);
  return make(VCVT_FROM_SINGLE, floats(d, 0, sm), 0, [d]);
}

/** VFP data processing on doubles; `rounding` is what VRINTR, VRINTZ or VRINTX do, if it is one of them. */
export function decodeDouble(hw1: number, hw2: number, rounding: number | undefined): Decoded {
  const opc1 = (hw1 >> 4) & 11;
  const bit6 = (hw2 & 0x40) !== 0;
  const f = fields(hw1, hw2);
  if (opc1 !== 11) {
    const [op0, op1, cycles] = ARITHMETIC[opc1] as readonly [number, number, number];
    const op = bit6 ? op1 : op0;
    return op ? make(op, floats(f.d, f.n, f.m), 0, [f.d, f.n, f.m], cycles) : undefinedFloat();
  }
  if (!bit6) return make(VMOV_IMM_D, floats(f.d), expandDouble(((hw1 & 15) << 4) | (hw2 & 15)), [f.d]);
  if (rounding !== undefined) return make(VRINT_D, floats(f.d, 0, f.m), rounding, [f.d, f.m]);
  return other(hw1, hw2, f);
}
