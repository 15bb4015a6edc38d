import { countOnes, type Decoded, instruction, registers, S_BIT, shift, signExtend } from "./decoded.ts";
import { HOT } from "../ops/hot-ops.ts";
import { DP, DP_SHIFTED, REV16, REVSH, SHIFT_REGISTER } from "../ops/ops-alu.ts";
import { LOAD_MULTIPLE, STORE_MULTIPLE } from "../ops/ops-memory.ts";
import { BKPT, BRANCH_CONSTANT, BRANCH_REGISTER, CPS, SEV, SVC, UNDEFINED, WFE, WFI } from "../ops/ops-system.ts";
import { LSL, ROR } from "../ops/shifts.ts";

/** Decodes one halfword at `pc`; inside an IT block the data operations leave the flags alone (ARMv7-M ARM A5.2). */
type Decoder = (hw: number, pc: number, inIt: boolean) => Decoded;

const low = (hw: number, at: number): number => (hw >> at) & 7;

const IMMEDIATE_SHIFTS = [
  [HOT.LSL_IMM, HOT.LSLS_IMM],
  [HOT.LSR_IMM, HOT.LSRS_IMM],
  [HOT.ASR_IMM, HOT.ASRS_IMM],
] as const;

/** LSL, LSR, ASR by immediate: LSL by 0 is MOVS, the others by 0 mean 32. */
const shiftImmediate: Decoder = (hw, _pc, inIt) => {
  const type = (hw >> 11) & 3;
  const amount = (hw >> 6) & 31;
  const x = registers(low(hw, 0), 0, low(hw, 3)) | shift(type, amount);
  if (amount === 0 && type === LSL) return instruction(inIt ? HOT.MOV_REG : HOT.MOVS_REG, x);
  if (amount === 0) return instruction(DP_SHIFTED, x | registers(0, 15, 0, DP.ORR) | (inIt ? 0 : S_BIT));
  return instruction(IMMEDIATE_SHIFTS[type][inIt ? 0 : 1], x);
};

const addSubtract: Decoder = (hw, _pc, inIt) => {
  const x = registers(low(hw, 0), low(hw, 3), low(hw, 6));
  const subtracts = (hw & 0x200) !== 0;
  if (!(hw & 0x400)) {
    if (subtracts) return instruction(inIt ? HOT.SUB_REG : HOT.SUBS_REG, x);
    return instruction(inIt ? HOT.ADD_REG : HOT.ADDS_REG, x);
  }
  return addImmediate(registers(low(hw, 0), low(hw, 3)), low(hw, 6), subtracts, inIt);
};

function addImmediate(x: number, imm: number, subtracts: boolean, inIt: boolean): Decoded {
  if (inIt) return instruction(HOT.ADD_IMM, x, subtracts ? -imm : imm);
  return instruction(subtracts ? HOT.SUBS_IMM : HOT.ADDS_IMM, x, imm);
}

const immediate8: Decoder = (hw, _pc, inIt) => {
  const rd = (hw >> 8) & 7;
  const imm = hw & 0xff;
  const kind = (hw >> 11) & 3;
  if (kind === 0) return instruction(inIt ? HOT.MOV_IMM : HOT.MOVS_IMM, registers(rd), imm);
  if (kind === 1) return instruction(HOT.CMP_IMM, registers(0, rd), imm);
  return addImmediate(registers(rd, rd), imm, kind === 3, inIt);
};

/** Outside and inside an IT block, by bits 9:6; 0 where `dataProcessing` knows better. */
const DATA_PROCESSING = [
  [HOT.ANDS_REG, HOT.AND_REG],
  [HOT.EORS_REG, HOT.EOR_REG],
  [HOT.LSLS_REG, HOT.LSL_REG],
  [HOT.LSRS_REG, HOT.LSR_REG],
  [HOT.ASRS_REG, HOT.ASR_REG],
  [HOT.ADCS_REG, HOT.ADC_REG],
  [HOT.SBCS_REG, HOT.SBC_REG],
  [0, 0],
  [HOT.TST_REG, HOT.TST_REG],
  [0, 0],
  [HOT.CMP_REG, HOT.CMP_REG],
  [HOT.CMN_REG, HOT.CMN_REG],
  [HOT.ORRS_REG, HOT.ORR_REG],
  [HOT.MULS, HOT.MUL],
  [HOT.BICS_REG, HOT.BIC_REG],
  [HOT.MVNS_REG, HOT.MVN_REG],
] as const;

const RORS = 7;
const RSBS = 9;

const dataProcessing: Decoder = (hw, _pc, inIt) => {
  const opcode = (hw >> 6) & 15;
  const rd = low(hw, 0);
  const x = registers(rd, rd, low(hw, 3));
  if (opcode === RORS) return instruction(SHIFT_REGISTER, x | shift(ROR, 0) | (inIt ? 0 : S_BIT));
  if (opcode === RSBS) return instruction(inIt ? HOT.RSB_IMM : HOT.RSBS_IMM, registers(rd, low(hw, 3)), 0);
  return instruction(DATA_PROCESSING[opcode][inIt ? 1 : 0], x);
};

/** ADD, CMP, MOV with high registers; PC as operand is a constant, PC as target a branch. */
const highRegisters: Decoder = (hw, pc, inIt) => {
  const rd = (hw & 7) | ((hw >> 4) & 8);
  const rm = (hw >> 3) & 15;
  const kind = (hw >> 8) & 3;
  if (kind === 3) return branchExchange(hw, pc, inIt);
  if (kind === 1) return instruction(HOT.CMP_REG, registers(0, rd, rm));
  return kind === 0 ? addHigh(rd, rm, pc) : moveHigh(rd, rm, pc);
};

function addHigh(rd: number, rm: number, pc: number): Decoded {
  if (rd === 15) return instruction(BRANCH_REGISTER, registers(0, 0, rm), pc + 4, 3);
  if (rm === 15 && rd !== 13) return instruction(HOT.ADD_IMM, registers(rd, rd), pc + 4);
  if (rd === 13) return instruction(DP_SHIFTED, registers(13, 13, rm, DP.ADD));
  return instruction(HOT.ADD_REG, registers(rd, rd, rm));
}

function moveHigh(rd: number, rm: number, pc: number): Decoded {
  if (rd === 15) return instruction(BRANCH_REGISTER, registers(0, 0, rm), 0, 3);
  if (rm === 15) return instruction(HOT.MOV_IMM, registers(rd), pc + 4);
  return instruction(rd === 13 ? HOT.MOV_SP : HOT.MOV_REG, registers(rd, 0, rm));
}

const branchExchange: Decoder = (hw, pc) => {
  const rm = (hw >> 3) & 15;
  if (rm === 15) return instruction(BRANCH_CONSTANT, 0, pc + 4, 3);
  return instruction(hw & 0x80 ? HOT.BLX : HOT.BX, registers(0, 0, rm), 0, 3);
};

const loadLiteral: Decoder = (hw, pc) => {
  const address = ((pc + 4) & ~3) + (hw & 0xff) * 4;
  return instruction(HOT.LDR_LIT, registers((hw >> 8) & 7), address, 2);
};

const REGISTER_ACCESSES = [
  HOT.STR_REG,
  HOT.STRH_REG,
  HOT.STRB_REG,
  HOT.LDRSB_REG,
  HOT.LDR_REG,
  HOT.LDRH_REG,
  HOT.LDRB_REG,
  HOT.LDRSH_REG,
] as const;

const accessRegister: Decoder = (hw) =>
  instruction(REGISTER_ACCESSES[(hw >> 9) & 7], registers(low(hw, 0), low(hw, 3), low(hw, 6)), 0, 2);

/** Bits 15:11 of the loads and stores with a five-bit offset, and the offset's unit. */
const IMMEDIATE_ACCESSES: Readonly<Record<number, readonly [op: number, unit: number]>> = {
  12: [HOT.STR_IMM, 4],
  13: [HOT.LDR_IMM, 4],
  14: [HOT.STRB_IMM, 1],
  15: [HOT.LDRB_IMM, 1],
  16: [HOT.STRH_IMM, 2],
  17: [HOT.LDRH_IMM, 2],
};

const accessImmediate: Decoder = (hw) => {
  const [op, unit] = IMMEDIATE_ACCESSES[hw >> 11];
  return instruction(op, registers(low(hw, 0), low(hw, 3)), ((hw >> 6) & 31) * unit, 2);
};

const accessStack: Decoder = (hw) =>
  instruction(hw & 0x800 ? HOT.LDR_IMM : HOT.STR_IMM, registers((hw >> 8) & 7, 13), (hw & 0xff) * 4, 2);

const address: Decoder = (hw, pc) => {
  const rd = registers((hw >> 8) & 7, 13);
  const offset = (hw & 0xff) * 4;
  if (hw & 0x800) return instruction(HOT.ADD_IMM, rd, offset);
  return instruction(HOT.MOV_IMM, rd & 15, ((pc + 4) & ~3) + offset);
};

const adjustStack: Decoder = (hw) => instruction(HOT.ADD_IMM, registers(13, 13), (hw & 0x80 ? -4 : 4) * (hw & 0x7f));

const compareBranch: Decoder = (hw, pc) => {
  const offset = ((hw >> 3) & 31) * 2 + ((hw >> 9) & 1) * 64;
  return instruction(hw & 0x800 ? HOT.CBNZ : HOT.CBZ, registers(0, low(hw, 0)), pc + 4 + offset);
};

const EXTENDS = [HOT.SXTH, HOT.SXTB, HOT.UXTH, HOT.UXTB] as const;

const extend: Decoder = (hw) => instruction(EXTENDS[(hw >> 6) & 3], registers(low(hw, 0), 0, low(hw, 3)));

const push: Decoder = (hw) => {
  const list = (hw & 0xff) | (hw & 0x100 ? 0x4000 : 0);
  return list === 0 ? undefinedEncoding() : instruction(HOT.PUSH, 0, list, 1 + countOnes(list));
};

const pop: Decoder = (hw) => {
  const list = (hw & 0xff) | (hw & 0x100 ? 0x8000 : 0);
  if (list === 0) return undefinedEncoding();
  return list & 0x8000
    ? instruction(HOT.POP_PC, 0, list & 0x7fff, 3 + countOnes(list))
    : instruction(HOT.POP, 0, list, 1 + countOnes(list));
};

const undefinedEncoding = (): Decoded => instruction(UNDEFINED);

const changeState: Decoder = (hw) => ((hw & 0xffe8) === 0xb660 ? instruction(CPS, 0, hw & 0x13) : undefinedEncoding());

const REVERSES = [HOT.REV, REV16, UNDEFINED, REVSH] as const;

const reverse: Decoder = (hw) => instruction(REVERSES[(hw >> 6) & 3], registers(low(hw, 0), 0, low(hw, 3)));

const breakpoint: Decoder = () => instruction(BKPT);

/** YIELD and the unallocated hints do nothing. */
const HINTS: Readonly<Record<number, number>> = { 2: WFE, 3: WFI, 4: SEV };

/** The hint with this number; shared with the 32-bit forms. */
export const hint = (number: number): Decoded => instruction(HINTS[number] ?? HOT.NOP);

const ifThen: Decoder = (hw) => (hw & 15 ? instruction(HOT.IT, 0, hw & 0xff) : hint((hw >> 4) & 15));

/** The sixteen rows of 1011xxxx, by bits 11:8. */
const MISCELLANEOUS: readonly Decoder[] = [
  adjustStack,
  compareBranch,
  extend,
  compareBranch,
  push,
  push,
  changeState,
  undefinedEncoding,
  undefinedEncoding,
  compareBranch,
  reverse,
  compareBranch,
  pop,
  pop,
  breakpoint,
  ifThen,
];

const miscellaneous: Decoder = (hw, pc, inIt) => MISCELLANEOUS[(hw >> 8) & 15](hw, pc, inIt);

/** STM always writes back; LDM where the base is not in the list. A list with the base in a cold corner stays cold. */
const multiple: Decoder = (hw) => {
  const rn = (hw >> 8) & 7;
  const list = hw & 0xff;
  const loads = (hw & 0x800) !== 0;
  const inList = ((list >> rn) & 1) === 1;
  if (list === 0) return undefinedEncoding();
  const x = registers(0, rn) | (loads && inList ? 0 : S_BIT);
  if (inList) return instruction(loads ? LOAD_MULTIPLE : STORE_MULTIPLE, x, list, 1 + countOnes(list));
  return instruction(loads ? HOT.LDM : HOT.STM, x, list, 1 + countOnes(list));
};

const conditionalBranch: Decoder = (hw, pc) => {
  const condition = (hw >> 8) & 15;
  if (condition === 15) return instruction(SVC);
  if (condition === 14) return undefinedEncoding();
  return instruction(HOT.BEQ + condition, 0, pc + 4 + signExtend(hw & 0xff, 8) * 2);
};

const branch: Decoder = (hw, pc) => instruction(HOT.B, 0, pc + 4 + signExtend(hw & 0x7ff, 11) * 2, 3);

/** By bits 15:11; the rows from 11101 on are the first halves of 32-bit instructions. */
const ROWS: readonly Decoder[] = [
  shiftImmediate, shiftImmediate, shiftImmediate, addSubtract, immediate8, immediate8, immediate8, immediate8,
  (hw, pc, inIt) => (hw & 0x400 ? highRegisters : dataProcessing)(hw, pc, inIt), loadLiteral, accessRegister,
  accessRegister, accessImmediate, accessImmediate, accessImmediate, accessImmediate, accessImmediate, accessImmediate,
  accessStack, accessStack, address, address, miscellaneous, miscellaneous, multiple, multiple, conditionalBranch,
  conditionalBranch, branch,
]; // biome-ignore format: a table

/** Whether a first halfword opens a 32-bit instruction. */
export const isWide = (hw: number): boolean => hw >> 11 > 0b11100;

/** Decodes a 16-bit instruction at `pc`. */
export const decode16: Decoder = (hw, pc, inIt) => ROWS[hw >> 11](hw, pc, inIt);
