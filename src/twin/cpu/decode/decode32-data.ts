import { type Decoded, expandImmediate, instruction, registers, S_BIT, shift } from "./decoded.ts";
import { HOT } from "../ops/hot-ops.ts";
import {
  DP,
  DP_IMMEDIATE,
  DP_SHIFTED,
  EXTEND,
  PKH,
  RBIT,
  REV16,
  REVSH,
  ROTATED,
  SHIFT_REGISTER,
  SMLAL,
  UMAAL,
  UMLAL,
} from "../ops/ops-alu.ts";
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
  SSAT,
  SSAT16,
  USAD8,
  USAT,
  USAT16,
} from "../ops/ops-dsp.ts";
import { PARALLEL } from "../ops/ops-parallel.ts";
import { UNDEFINED } from "../ops/ops-system.ts";
import { ROR } from "../ops/shifts.ts";

const undefinedEncoding = (): Decoded => instruction(UNDEFINED);

/** Inline forms with an immediate, by opcode, without and with flags; `negated` stands for BIC and ORN. */
const INLINE_IMMEDIATE: Readonly<Record<number, readonly [plain: number, sets: number]>> = {
  [DP.AND]: [HOT.AND_IMM, HOT.ANDS_IMM],
  [DP.ORR]: [HOT.ORR_IMM, HOT.ORRS_IMM],
  [DP.EOR]: [HOT.EOR_IMM, HOT.EORS_IMM],
  [DP.ADD]: [HOT.ADD_IMM, HOT.ADDS_IMM],
  [DP.SUB]: [0, HOT.SUBS_IMM],
  [DP.RSB]: [HOT.RSB_IMM, HOT.RSBS_IMM],
  [DP.ADC]: [HOT.ADC_IMM, 0],
  [DP.SBC]: [HOT.SBC_IMM, 0],
};

const COMPARE_IMMEDIATE: Readonly<Record<number, number>> = {
  [DP.AND]: HOT.TST_IMM,
  [DP.ADD]: HOT.CMN_IMM,
  [DP.SUB]: HOT.CMP_IMM,
};

/** Forms with one operand, Rn being 15: MOV and MVN. */
function moveImmediate(rd: number, value: number, sets: boolean, cold: Decoded): Decoded {
  if (rd === 13) return cold;
  return instruction(sets ? HOT.MOVS_IMM : HOT.MOV_IMM, registers(rd), value);
}

/** BIC is AND with, and ORN is ORR with, the complement; SUB without flags is ADD of the negative. */
function normalised(opcode: number, value: number, sets: boolean): readonly [number, number] {
  if (opcode === DP.BIC) return [DP.AND, ~value];
  if (opcode === DP.ORN) return [DP.ORR, ~value];
  return opcode === DP.SUB && !sets ? [DP.ADD, -value] : [opcode, value];
}

/** SP as target is inline only for the moves by whole words that compilers make. */
const coldTarget = (rd: number, rn: number, value: number): boolean => rd === 13 && (rn !== 13 || (value & 3) !== 0);

function immediateOperation(
  opcode: number,
  rd: number,
  rn: number,
  value: number,
  sets: boolean,
  carries: boolean,
): Decoded {
  const x = registers(rd, rn, 0, opcode) | (sets ? S_BIT : 0) | (carries ? ROTATED : 0);
  const cold = instruction(DP_IMMEDIATE, x, value);
  const logical = opcode < DP.ADD;
  if ((sets && carries && logical) || coldTarget(rd, rn, value)) return cold;
  const compares = rd === 15 ? COMPARE_IMMEDIATE[opcode] : undefined;
  if (rd === 15) return compares === undefined ? cold : instruction(compares, registers(0, rn), value);
  if (rn === 15 && opcode === DP.ORR) return moveImmediate(rd, value, sets, cold);
  if (rn === 15 && opcode === DP.ORN) return moveImmediate(rd, ~value, sets, cold);
  const [op, operand] = normalised(opcode, value, sets);
  const inline = INLINE_IMMEDIATE[op]?.[sets ? 1 : 0];
  return inline ? instruction(inline, registers(rd, rn), operand) : cold;
}

const OPCODES: ReadonlySet<number> = new Set(Object.values(DP));

/** Data processing with a modified immediate (ARMv7-M ARM A5.3.1). */
export function dataImmediate(hw1: number, hw2: number): Decoded {
  const opcode = (hw1 >> 5) & 15;
  const imm12 = ((hw1 & 0x400) << 1) | ((hw2 >> 4) & 0x700) | (hw2 & 0xff);
  const rd = (hw2 >> 8) & 15;
  const sets = (hw1 & 16) !== 0;
  if (!OPCODES.has(opcode) || opcode === DP.PKH) return undefinedEncoding();
  return immediateOperation(opcode, rd, hw1 & 15, expandImmediate(imm12), sets, (imm12 & 0xc00) !== 0);
}

const imm5 = (hw2: number): number => ((hw2 >> 10) & 0x1c) | ((hw2 >> 6) & 3);

/** ADDW and SUBW; with PC as base an address constant. */
function addWide(hw1: number, rd: number, pc: number, imm12: number): Decoded {
  const value = hw1 & 0x80 ? -imm12 : imm12;
  const rn = hw1 & 15;
  if (rn === 15) return instruction(HOT.MOV_IMM, registers(rd), ((pc + 4) & ~3) + value);
  if (coldTarget(rd, rn, value)) return instruction(DP_IMMEDIATE, registers(rd, rn, 0, DP.ADD), value);
  return instruction(HOT.ADD_IMM, registers(rd, rn), value);
}

/** SSAT, USAT and their 16-bit pairs; shift type LSL or ASR from bit 5 of the first halfword. */
function saturate(hw1: number, hw2: number, unsigned: boolean): Decoded {
  const rn = hw1 & 15;
  const rd = (hw2 >> 8) & 15;
  const amount = imm5(hw2);
  const pair = (hw1 & 32) !== 0 && amount === 0;
  const width = (hw2 & (pair ? 15 : 31)) + (unsigned ? 0 : 1);
  const x = registers(rd, rn) | shift(hw1 & 32 ? 2 : 0, amount);
  if (pair) return instruction(unsigned ? USAT16 : SSAT16, registers(rd, rn), width);
  return instruction(unsigned ? USAT : SSAT, x, width);
}

/** SBFX, UBFX: imm is the width; shift field the lowest bit. */
function extract(hw1: number, hw2: number, op: number): Decoded {
  const width = (hw2 & 31) + 1;
  const lowest = imm5(hw2);
  if (lowest + width > 32) return undefinedEncoding();
  return instruction(op, registers((hw2 >> 8) & 15, hw1 & 15) | shift(0, lowest), width);
}

/** BFI: imm is the mask in place; BFC clears it. */
function insert(hw1: number, hw2: number): Decoded {
  const lowest = imm5(hw2);
  const highest = hw2 & 31;
  const rd = (hw2 >> 8) & 15;
  if (highest < lowest) return undefinedEncoding();
  const mask = (0xffffffff >>> (31 - highest + lowest)) << lowest;
  if ((hw1 & 15) === 15) return instruction(HOT.AND_IMM, registers(rd, rd), ~mask);
  return instruction(HOT.BFI, registers(rd, hw1 & 15) | shift(0, lowest), mask);
}

/** Data processing with a plain binary immediate (ARMv7-M ARM A5.3.3). */
export function dataPlainImmediate(hw1: number, hw2: number, pc: number): Decoded {
  const rd = (hw2 >> 8) & 15;
  const imm12 = ((hw1 & 0x400) << 1) | ((hw2 >> 4) & 0x700) | (hw2 & 0xff);
  const imm16 = ((hw1 & 15) << 12) | imm12;
  const opcode = (hw1 >> 4) & 31;
  if (opcode === 0 || opcode === 10) return addWide(hw1, rd, pc, imm12);
  if (opcode === 4) return instruction(HOT.MOV_IMM, registers(rd), imm16);
  if (opcode === 12) return instruction(HOT.MOVT, registers(rd), imm16 << 16);
  if (opcode === 16 || opcode === 18) return saturate(hw1, hw2, false);
  if (opcode === 20) return extract(hw1, hw2, HOT.SBFX);
  if (opcode === 22) return insert(hw1, hw2);
  if (opcode === 24 || opcode === 26) return saturate(hw1, hw2, true);
  return opcode === 28 ? extract(hw1, hw2, HOT.UBFX) : undefinedEncoding();
}

/** Inline forms with an unshifted register, without and with flags. */
const INLINE_REGISTER: Readonly<Record<number, readonly [plain: number, sets: number]>> = {
  [DP.AND]: [HOT.AND_REG, HOT.ANDS_REG],
  [DP.BIC]: [HOT.BIC_REG, HOT.BICS_REG],
  [DP.ORR]: [HOT.ORR_REG, HOT.ORRS_REG],
  [DP.EOR]: [HOT.EOR_REG, HOT.EORS_REG],
  [DP.ADD]: [HOT.ADD_REG, HOT.ADDS_REG],
  [DP.ADC]: [HOT.ADC_REG, HOT.ADCS_REG],
  [DP.SBC]: [HOT.SBC_REG, HOT.SBCS_REG],
  [DP.SUB]: [HOT.SUB_REG, HOT.SUBS_REG],
  [DP.RSB]: [HOT.RSB_REG, 0],
};

/** Inline forms with a shifted register, without flags. */
const INLINE_SHIFTED: Readonly<Record<number, number>> = {
  [DP.AND]: HOT.AND_SHIFT,
  [DP.BIC]: HOT.BIC_SHIFT,
  [DP.ORR]: HOT.ORR_SHIFT,
  [DP.EOR]: HOT.EOR_SHIFT,
  [DP.ADD]: HOT.ADD_SHIFT,
  [DP.SUB]: HOT.SUB_SHIFT,
  [DP.RSB]: HOT.RSB_SHIFT,
};

const COMPARE_REGISTER: Readonly<Record<number, number>> = {
  [DP.AND]: HOT.TST_REG,
  [DP.ADD]: HOT.CMN_REG,
  [DP.SUB]: HOT.CMP_REG,
};

const MOVES = [
  [HOT.LSL_IMM, HOT.LSLS_IMM],
  [HOT.LSR_IMM, HOT.LSRS_IMM],
  [HOT.ASR_IMM, HOT.ASRS_IMM],
  [HOT.ROR_IMM, 0],
] as const;

/** MOV, MVN and the immediate shifts (Rn 15); 0 where only the cold form will do. */
function moveRegister(opcode: number, type: number, amount: number, sets: boolean): number {
  const plain = type === 0 && amount === 0;
  if (opcode === DP.ORN) return plain ? (sets ? HOT.MVNS_REG : HOT.MVN_REG) : 0;
  if (plain) return sets ? HOT.MOVS_REG : HOT.MOV_REG;
  return amount === 0 ? 0 : MOVES[type][sets ? 1 : 0];
}

function inlineRegister(opcode: number, rd: number, rn: number, hw2: number, sets: boolean): number | undefined {
  const type = (hw2 >> 4) & 3;
  const amount = imm5(hw2);
  const plain = type === 0 && amount === 0;
  if (rd === 13) return undefined;
  if (rd === 15) return plain ? COMPARE_REGISTER[opcode] : undefined;
  if (rn === 15 && (opcode === DP.ORR || opcode === DP.ORN)) return moveRegister(opcode, type, amount, sets);
  if (plain) return INLINE_REGISTER[opcode]?.[sets ? 1 : 0];
  return sets || amount === 0 ? undefined : INLINE_SHIFTED[opcode];
}

/** PKHBT and PKHTB: bit 20 (S) and bit 4 (T) set are undefined (ARMv7-M ARM A7.7.93). */
function pack(hw1: number, hw2: number): Decoded {
  if (hw1 & 16 || hw2 & 16) return undefinedEncoding();
  const x = registers((hw2 >> 8) & 15, hw1 & 15, hw2 & 15);
  return instruction(PKH, x | shift((hw2 >> 4) & 3, imm5(hw2)));
}

/** Data processing with a shifted register (ARMv7-M ARM A5.3.11). */
export function dataShifted(hw1: number, hw2: number): Decoded {
  const opcode = (hw1 >> 5) & 15;
  const rd = (hw2 >> 8) & 15;
  const rn = hw1 & 15;
  const sets = (hw1 & 16) !== 0;
  const shifted = shift((hw2 >> 4) & 3, imm5(hw2));
  if (!OPCODES.has(opcode)) return undefinedEncoding();
  if (opcode === DP.PKH) return pack(hw1, hw2);
  const inline = inlineRegister(opcode, rd, rn, hw2, sets);
  if (inline) return instruction(inline, registers(rd, rn, hw2 & 15) | shifted);
  return instruction(DP_SHIFTED, registers(rd, rn, hw2 & 15, opcode) | shifted | (sets ? S_BIT : 0));
}

const REGISTER_SHIFTS = [
  [HOT.LSL_REG, HOT.LSLS_REG],
  [HOT.LSR_REG, HOT.LSRS_REG],
  [HOT.ASR_REG, HOT.ASRS_REG],
] as const;

function shiftByRegister(hw1: number, hw2: number): Decoded {
  const type = (hw1 >> 5) & 3;
  const x = registers((hw2 >> 8) & 15, hw1 & 15, hw2 & 15) | shift(type, 0);
  if (type === ROR) return instruction(SHIFT_REGISTER, x | (hw1 & 16 ? S_BIT : 0));
  return instruction(REGISTER_SHIFTS[type][(hw1 >> 4) & 1], x);
}

/** By bits 6:4 of the first halfword, where nothing is rotated or added. */
const PLAIN_EXTENDS: Readonly<Record<number, number>> = { 0: HOT.SXTH, 1: HOT.UXTH, 4: HOT.SXTB, 5: HOT.UXTB };

function extend(hw1: number, hw2: number): Decoded {
  const form = (hw1 >> 4) & 7;
  const rotation = ((hw2 >> 4) & 3) * 8;
  const rn = hw1 & 15;
  const plain = rn === 15 && rotation === 0 ? PLAIN_EXTENDS[form] : undefined;
  if (form > 5) return undefinedEncoding();
  if (plain) return instruction(plain, registers((hw2 >> 8) & 15, 0, hw2 & 15));
  return instruction(EXTEND, registers((hw2 >> 8) & 15, rn, hw2 & 15, form) | shift(0, rotation));
}

/** Parallel addition and subtraction; forms 3 and 7 and kind 3 do not exist. */
function parallel(hw1: number, hw2: number): Decoded {
  const form = (hw1 >> 4) & 7;
  const kind = (hw2 >> 4) & 3;
  if ((form & 3) === 3 || kind === 3) return undefinedEncoding();
  const imm = form | (kind << 3) | (hw2 & 0x40 ? 32 : 0);
  return instruction(PARALLEL, registers((hw2 >> 8) & 15, hw1 & 15, hw2 & 15), imm);
}

/** REV and its kin by bits 5:4 of the second halfword. */
const REVERSALS = [HOT.REV, REV16, RBIT, REVSH] as const;

function miscellaneous(hw1: number, hw2: number): Decoded {
  const group = (hw1 >> 4) & 15;
  const which = (hw2 >> 4) & 3;
  const x = registers((hw2 >> 8) & 15, hw1 & 15, hw2 & 15);
  if (group === 8) return instruction(Q_ARITHMETIC, x, which);
  if (group === 9) return instruction(REVERSALS[which], x);
  if (group === 10 && which === 0) return instruction(SEL, x);
  return group === 11 && which === 0 ? instruction(HOT.CLZ, x) : undefinedEncoding();
}

/** Data processing between registers (ARMv7-M ARM A5.3.12). */
export function dataRegister(hw1: number, hw2: number): Decoded {
  const upper = (hw1 & 0x80) !== 0;
  const second = (hw2 >> 4) & 15;
  if ((hw2 & 0xf000) !== 0xf000) return undefinedEncoding();
  if (!upper) return second === 0 ? shiftByRegister(hw1, hw2) : second & 8 ? extend(hw1, hw2) : undefinedEncoding();
  if (!(second & 8)) return parallel(hw1, hw2);
  return (second & 12) === 8 ? miscellaneous(hw1, hw2) : undefinedEncoding();
}

/** SMLAD and its kin by bits 6:4 of the first halfword: the operation, whether bit 5 may be set, an immediate. */
const MULTIPLIES: readonly (readonly [op: number, bit5: boolean, imm: number])[] = [
  [HOT.MLA, false, 0],
  [MULTIPLY_HALVES, true, 0],
  [DUAL_ADD, false, 0],
  [MULTIPLY_WORD_HALF, false, 0],
  [DUAL_SUBTRACT, false, 0],
  [MULTIPLY_HIGH, false, 0],
  [MULTIPLY_HIGH, false, 1],
  [USAD8, false, 0],
];

function multiplyAccumulate(hw2: number, x: number, ra: number): Decoded {
  if (hw2 & 16) return instruction(HOT.MLS, x);
  return instruction(ra === 15 ? HOT.MUL : HOT.MLA, x);
}

/** Multiplies with a 32-bit result (ARMv7-M ARM A5.3.16). Bits 17:16 of the operand word are the encoding's 5:4. */
export function multiply(hw1: number, hw2: number): Decoded {
  const group = (hw1 >> 4) & 7;
  const ra = (hw2 >> 12) & 15;
  const which = (hw2 >> 4) & 3;
  const x = registers((hw2 >> 8) & 15, hw1 & 15, hw2 & 15, ra) | (which << 16);
  const [op, bit5, imm] = MULTIPLIES[group];
  if (hw2 & 0xc0 || (which & 2 && !bit5) || (group === 7 && which !== 0)) return undefinedEncoding();
  if (group === 0) return multiplyAccumulate(hw2, x, ra);
  return instruction(op, x, imm);
}

/** Long multiplies and divisions by bits 6:4 and 7:4 of the halfwords (ARMv7-M ARM A5.3.17). */
export function multiplyLong(hw1: number, hw2: number): Decoded {
  const key = (hw1 & 0x70) | ((hw2 >> 4) & 15);
  const x = registers((hw2 >> 12) & 15, hw1 & 15, hw2 & 15, (hw2 >> 8) & 15);
  const halves = x | (((hw2 >> 4) & 3) << 16);
  if (key === 0x00) return instruction(HOT.SMULL, x);
  if (key === 0x20) return instruction(HOT.UMULL, x);
  if (key === 0x1f) return instruction(HOT.SDIV, registers((hw2 >> 8) & 15, hw1 & 15, hw2 & 15), 0, 6);
  if (key === 0x3f) return instruction(HOT.UDIV, registers((hw2 >> 8) & 15, hw1 & 15, hw2 & 15), 0, 6);
  if (key === 0x40) return instruction(SMLAL, x);
  if (key === 0x60) return instruction(UMLAL, x);
  if (key === 0x66) return instruction(UMAAL, x);
  if ((key & 0x7c) === 0x48) return instruction(LONG_HALVES, halves);
  if ((key & 0x7e) === 0x4c) return instruction(LONG_DUAL_ADD, halves & ~0x20000);
  return (key & 0x7e) === 0x5c ? instruction(LONG_DUAL_SUBTRACT, halves & ~0x20000) : undefinedEncoding();
}
