import { DB_BIT, type Decoded, instruction, registers, S_BIT, type Wide } from "./decoded.ts";
import {
  CONVERT,
  floats,
  VABS,
  VADD,
  VCMP,
  VCVT_FROM_FIXED,
  VCVT_FROM_HALF,
  VCVT_TO_FIXED,
  VCVT_TO_HALF,
  VDIV,
  VFMA,
  VFMS,
  VFNMA,
  VFNMS,
  VMLA,
  VMLS,
  VMOV,
  VMOV_IMM,
  VMUL,
  VNEG,
  VNMLA,
  VNMLS,
  VNMUL,
  VSQRT,
  VSUB,
} from "../ops/ops-float.ts";
import {
  block,
  UNDEFINED_FP,
  VLDM,
  VLDR,
  VLDR_LITERAL,
  VMOV_FROM_CORE,
  VMOV_PAIR_FROM_CORE,
  VMOV_PAIR_TO_CORE,
  VMOV_TO_CORE,
  VMRS,
  VMSR,
  VSTM,
  VSTR,
} from "../ops/ops-float-transfer.ts";
import { NO_COPROCESSOR, UNDEFINED } from "../ops/ops-system.ts";

/** An encoding of coprocessors 10 and 11 that does not exist. */
export const undefinedFloat = (): Decoded => instruction(UNDEFINED_FP);

/** S register numbers keep their lowest bit apart: Vd:D, Vn:N, Vm:M. */
const sd = (hw1: number, hw2: number): number => ((hw2 >> 11) & 30) | ((hw1 >> 6) & 1);
const sn = (hw1: number, hw2: number): number => ((hw1 << 1) & 30) | ((hw2 >> 7) & 1);
const sm = (hw2: number): number => ((hw2 << 1) & 30) | ((hw2 >> 5) & 1);

/** VFPExpandImm for singles (ARMv7-M ARM A6.4.1). */
function expandFloat(imm8: number): number {
  const exponent = imm8 & 0x40 ? 0x3e000000 : 0x40000000;
  return ((imm8 & 0x80) << 24) | exponent | ((imm8 & 0x3f) << 19);
}

/** By opc1 (bits 23, 21:20) and bit 6: two-operand arithmetic and the accumulating forms, with their cycles. */
const ARITHMETIC: Readonly<Record<number, readonly [op0: number, op1: number, cycles: number]>> = {
  0: [VMLA, VMLS, 3],
  1: [VNMLS, VNMLA, 3],
  2: [VMUL, VNMUL, 1],
  3: [VADD, VSUB, 1],
  8: [VDIV, 0, 14],
  9: [VFNMS, VFNMA, 3],
  10: [VFMA, VFMS, 3],
};

/** Conversions between single and 16- or 32-bit fixed point; imm5 is Vm's field and its low bit. */
function fixedPoint(x: number, hw1: number, hw2: number, toFixed: boolean): Decoded {
  const width = hw2 & 0x80 ? 32 : 16;
  const fraction = width - (((hw2 & 15) << 1) | ((hw2 >> 5) & 1));
  if (fraction < 0) return undefinedFloat();
  const imm = fraction | (width === 16 ? CONVERT.half : 0) | (hw1 & 1 ? CONVERT.unsigned : 0);
  const own = floats(x & 31, 0, x & 31);
  return instruction(toFixed ? VCVT_TO_FIXED : VCVT_FROM_FIXED, own, imm);
}

function toInteger(x: number, hw1: number, hw2: number): Decoded {
  const imm = (hw1 & 1 ? 0 : CONVERT.unsigned) | (hw2 & 0x80 ? 0 : CONVERT.byMode);
  return instruction(VCVT_TO_FIXED, x, imm);
}

const fromInteger = (x: number, hw2: number): Decoded =>
  instruction(VCVT_FROM_FIXED, x, (hw2 & 0x80 ? 0 : CONVERT.unsigned) | CONVERT.byMode);

/** The other data-processing forms, by opc2 (bits 19:16) with bit 6 set; bit 7 picks within (ARMv7-M ARM A6.4). */
function other(x: number, hw1: number, hw2: number): Decoded {
  const opc2 = hw1 & 15;
  const second = (hw2 & 0x80) !== 0;
  if (opc2 === 0) return instruction(second ? VABS : VMOV, x);
  if (opc2 === 1) return instruction(second ? VSQRT : VNEG, x, 0, second ? 14 : 1);
  if (opc2 === 2) return instruction(VCVT_FROM_HALF, x, second ? 16 : 0);
  if (opc2 === 3) return instruction(VCVT_TO_HALF, x, second ? 16 : 0);
  if (opc2 === 4) return instruction(VCMP, x, second ? 1 : 0);
  if (opc2 === 5) return instruction(VCMP, x, second ? 3 : 2);
  if (opc2 === 8) return fromInteger(x, hw2);
  if (opc2 === 10 || opc2 === 11) return fixedPoint(x, hw1, hw2, false);
  if (opc2 === 12 || opc2 === 13) return toInteger(x, hw1, hw2);
  return opc2 >= 14 ? fixedPoint(x, hw1, hw2, true) : undefinedFloat();
}

/** VFP data processing on singles; doubles are undefined here. */
function dataProcessing(hw1: number, hw2: number): Decoded {
  const opc1 = (hw1 >> 4) & 11;
  const bit6 = (hw2 & 0x40) !== 0;
  const x = floats(sd(hw1, hw2), sn(hw1, hw2), sm(hw2));
  if (hw2 & 0x100) return undefinedFloat();
  if (opc1 !== 11) {
    const [op0, op1, cycles] = ARITHMETIC[opc1];
    const op = bit6 ? op1 : op0;
    return op ? instruction(op, x, 0, cycles) : undefinedFloat();
  }
  if (!bit6) return instruction(VMOV_IMM, x, expandFloat(((hw1 & 15) << 4) | (hw2 & 15)));
  return other(x, hw1, hw2);
}

/** Transfers between one core register and the FPU: VMOV, VMOV of half a D register, VMSR, VMRS. */
function transfer(hw1: number, hw2: number): Decoded {
  const rt = (hw2 >> 12) & 15;
  const loads = (hw1 & 16) !== 0;
  const kind = (hw1 >> 5) & 7;
  if (hw2 & 0x100) return scalar(hw1, hw2, rt, loads);
  if (kind === 7) return (hw1 & 15) === 1 ? instruction(loads ? VMRS : VMSR, registers(rt)) : undefinedFloat();
  if (kind !== 0) return undefinedFloat();
  return instruction(loads ? VMOV_TO_CORE : VMOV_FROM_CORE, registers(rt), sn(hw1, hw2));
}

/** VMOV.32 to and from Dn[x]: the register pair's lower or upper single. */
function scalar(hw1: number, hw2: number, rt: number, loads: boolean): Decoded {
  const dn = (hw1 & 15) | ((hw2 >> 3) & 16);
  if (hw1 & 0xc0 || hw2 & 0x60 || dn > 15) return undefinedFloat();
  return instruction(loads ? VMOV_TO_CORE : VMOV_FROM_CORE, registers(rt), 2 * dn + ((hw1 >> 5) & 1));
}

/** Transfers of two core registers: two singles, or a D register. */
function transferPair(hw1: number, hw2: number): Decoded {
  const x = registers((hw2 >> 12) & 15, 0, 0, hw1 & 15);
  const isDouble = (hw2 & 0x100) !== 0;
  if ((hw2 & 0xd0) !== 0x10 || (isDouble && hw2 & 32)) return undefinedFloat();
  const first = isDouble ? 2 * (hw2 & 15) : sm(hw2);
  return instruction(hw1 & 16 ? VMOV_PAIR_TO_CORE : VMOV_PAIR_FROM_CORE, x, first, 2);
}

function single(hw1: number, hw2: number, pc: number, first: number, words: number): Decoded {
  const offset = (hw1 & 0x80 ? 4 : -4) * (hw2 & 0xff);
  const rn = hw1 & 15;
  const cycles = 1 + words;
  if (!(hw1 & 16)) return instruction(VSTR, block(first, rn, words), offset, cycles);
  if (rn !== 15) return instruction(VLDR, block(first, rn, words), offset, cycles);
  return instruction(VLDR_LITERAL, block(first, 0, words), ((pc + 4) & ~3) + offset, cycles);
}

/** The cache has five bits for cycles: lists of 31 and 32 words count one and two too few. */
const MOST_CYCLES = 31;

/** VLDR, VSTR, VLDM, VSTM, VPUSH, VPOP (ARMv7-M ARM A6.5). */
function loadStore(hw1: number, hw2: number, pc: number): Decoded {
  const isDouble = (hw2 & 0x100) !== 0;
  const first = isDouble ? ((hw2 >> 11) & 30) | ((hw1 >> 1) & 32) : sd(hw1, hw2);
  if (first > 31) return undefinedFloat();
  const [p, u, w] = [hw1 & 0x100, hw1 & 0x80, hw1 & 32];
  if (p && !w) return single(hw1, hw2, pc, first, isDouble ? 2 : 1);
  // An odd count with D registers is FLDMX's: one word more moves the base only.
  const words = isDouble ? hw2 & 0xfe : hw2 & 0xff;
  if (p ? u : !u || words === 0) return undefinedFloat();
  if (words === 0 || words > 32 || first + words > 32) return undefinedFloat();
  const x = block(first, hw1 & 15, words) | (w ? S_BIT : 0) | (p ? DB_BIT : 0);
  return instruction(hw1 & 16 ? VLDM : VSTM, x, (hw2 & 0xff) * 4, Math.min(1 + words, MOST_CYCLES));
}

/** 0xEFxx and 0xFFxx are no coprocessor instructions: undefined whatever CPACR says (ARMv7-M ARM table A5-28). */
export const isReserved = (hw1: number): boolean => (hw1 & 0x300) === 0x300;

/** Coprocessor space of a core without FPU: no coprocessor exists (ARMv7-M ARM A5.3.18). */
export const withoutFpu: Wide = (hw1) => instruction(isReserved(hw1) ? UNDEFINED : NO_COPROCESSOR);

/** Coprocessor space with FPv4-SP: the FPU is 10 and 11, others do not exist. */
export function coprocessor(hw1: number, hw2: number, pc: number): Decoded {
  if (isReserved(hw1)) return instruction(UNDEFINED);
  if ((hw2 & 0xe00) !== 0xa00) return instruction(NO_COPROCESSOR);
  if (hw1 & 0x1000) return undefinedFloat();
  if ((hw1 & 0xf00) === 0xe00) return hw2 & 16 ? transfer(hw1, hw2) : dataProcessing(hw1, hw2);
  return (hw1 & 0xfe0) === 0xc40 ? transferPair(hw1, hw2) : loadStore(hw1, hw2, pc);
}
