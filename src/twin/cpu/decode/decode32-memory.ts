import { countOnes, DB_BIT, type Decoded, instruction, registers, S_BIT, shift } from "./decoded.ts";
import { HOT } from "../ops/hot-ops.ts";
import {
  ACCESS,
  accessSize,
  DOUBLE,
  DOUBLE_LITERAL,
  LITERAL,
  LOAD_EXCLUSIVE,
  LOAD_MULTIPLE,
  SINGLE,
  STORE_EXCLUSIVE,
  STORE_MULTIPLE,
} from "../ops/ops-memory.ts";
import { UNDEFINED } from "../ops/ops-system.ts";

const undefinedEncoding = (): Decoded => instruction(UNDEFINED);

/** What bits 8 and 6:4 of the first halfword say: direction, size, sign. */
interface Access {
  readonly load: boolean;
  readonly signed: boolean;
  readonly log2: number;
}

/** Inline operations by `key`: Rn + immediate, Rn + register, post-indexed, pre-indexed. Absent ones are cold. */
interface Inline {
  readonly immediate: number;
  readonly register: number;
  readonly post?: number;
  readonly pre?: number;
}

const key = ({ load, signed, log2 }: Access): string => `${load ? "L" : "S"}${signed ? "S" : ""}${log2}`;

const INLINE: Readonly<Record<string, Inline>> = {
  L0: { immediate: HOT.LDRB_IMM, register: HOT.LDRB_REG, post: HOT.LDRB_POST, pre: HOT.LDRB_PRE },
  L1: { immediate: HOT.LDRH_IMM, register: HOT.LDRH_REG, post: HOT.LDRH_POST },
  L2: { immediate: HOT.LDR_IMM, register: HOT.LDR_REG, post: HOT.LDR_POST, pre: HOT.LDR_PRE },
  LS0: { immediate: HOT.LDRSB_IMM, register: HOT.LDRSB_REG },
  LS1: { immediate: HOT.LDRSH_IMM, register: HOT.LDRSH_REG },
  S0: { immediate: HOT.STRB_IMM, register: HOT.STRB_REG, post: HOT.STRB_POST, pre: HOT.STRB_PRE },
  S1: { immediate: HOT.STRH_IMM, register: HOT.STRH_REG, post: HOT.STRH_POST },
  S2: { immediate: HOT.STR_IMM, register: HOT.STR_REG, post: HOT.STR_POST, pre: HOT.STR_PRE },
};

/** SP and PC as loaded registers, and SP as a written-back base off the word, need the careful form. */
const careful = (access: Access, rt: number): boolean => access.load && (rt === 13 || rt === 15);

const flagsOf = (access: Access): number =>
  accessSize(access.log2) | (access.load ? 0 : ACCESS.store) | (access.signed ? ACCESS.signed : 0);

const CYCLES = 2;

function offsetAccess(access: Access, rt: number, rn: number, offset: number): Decoded {
  if (!careful(access, rt)) return instruction(INLINE[key(access)].immediate, registers(rt, rn), offset, CYCLES);
  const sign = offset < 0 ? ACCESS.negative : 0;
  return instruction(SINGLE, registers(rt, rn), flagsOf(access) | ACCESS.index | sign | Math.abs(offset), CYCLES);
}

function registerAccess(access: Access, rt: number, rn: number, hw2: number): Decoded {
  const x = registers(rt, rn, hw2 & 15) | shift(0, (hw2 >> 4) & 3);
  if (!careful(access, rt)) return instruction(INLINE[key(access)].register, x, 0, CYCLES);
  return instruction(SINGLE, x, flagsOf(access) | ACCESS.index | ACCESS.register, CYCLES);
}

/** Bits 10:8 of the second halfword: P (index before), U (add), W (write back). */
function indexedAccess(access: Access, rt: number, rn: number, hw2: number): Decoded {
  const offset = hw2 & 0x200 ? hw2 & 0xff : -(hw2 & 0xff);
  const before = (hw2 & 0x400) !== 0;
  const writes = (hw2 & 0x100) !== 0;
  if (!before && !writes) return undefinedEncoding();
  if (!writes) return offsetAccess(access, rt, rn, offset);
  // The unprivileged forms (P, U and no W's offset kin, 1110) differ by MPU only, which this core lacks.
  const inline = rn === 13 && offset & 3 ? undefined : INLINE[key(access)][before ? "pre" : "post"];
  if (inline && rn !== rt && !careful(access, rt)) return instruction(inline, registers(rt, rn), offset, CYCLES);
  const flags = ACCESS.write | (before ? ACCESS.index : 0) | (offset < 0 ? ACCESS.negative : 0);
  return instruction(SINGLE, registers(rt, rn), flagsOf(access) | flags | Math.abs(offset), CYCLES);
}

/** LDR and its kin from PC-relative constants; loads of bytes and halfwords into PC are preload hints. */
function literalAccess(access: Access, rt: number, address: number): Decoded {
  if (!access.load) return undefinedEncoding();
  if (access.log2 === 2 && rt !== 13 && rt !== 15) return instruction(HOT.LDR_LIT, registers(rt), address, CYCLES);
  return instruction(LITERAL, rt | (access.log2 << 22) | (access.signed ? 1 << 21 : 0), address, CYCLES);
}

/** Store single, load byte, halfword, word (ARMv7-M ARM A5.3.7 to A5.3.10). */
export function accessSingle(hw1: number, hw2: number, pc: number): Decoded {
  const access = { load: (hw1 & 16) !== 0, signed: (hw1 & 0x100) !== 0, log2: (hw1 >> 5) & 3 };
  const rn = hw1 & 15;
  const rt = (hw2 >> 12) & 15;
  if (access.log2 === 3 || (access.signed && (!access.load || access.log2 === 2))) return undefinedEncoding();
  if (access.load && rt === 15 && access.log2 < 2) return instruction(HOT.NOP);
  const imm12 = hw2 & 0xfff;
  if (rn === 15) return literalAccess(access, rt, ((pc + 4) & ~3) + (hw1 & 0x80 ? imm12 : -imm12));
  if (hw1 & 0x80) return offsetAccess(access, rt, rn, imm12);
  if (hw2 & 0x800) {
    const unprivileged = (hw2 & 0x700) === 0x600;
    return unprivileged ? offsetAccess(access, rt, rn, hw2 & 0xff) : indexedAccess(access, rt, rn, hw2);
  }
  return hw2 & 0x7c0 ? undefinedEncoding() : registerAccess(access, rt, rn, hw2);
}

/** LDM, STM, PUSH and POP with high registers (ARMv7-M ARM A5.3.5). */
export function multiple(hw1: number, hw2: number): Decoded {
  const before = (hw1 >> 7) & 3;
  const rn = hw1 & 15;
  if (before === 0 || before === 3 || hw2 === 0) return undefinedEncoding();
  const x = registers(0, rn) | (hw1 & 32 ? S_BIT : 0) | (before === 2 ? DB_BIT : 0);
  const loads = (hw1 & 16) !== 0;
  const cycles = 1 + countOnes(hw2) + (loads && hw2 & 0x8000 ? 2 : 0);
  const special = rn === 13 || ((hw2 >> rn) & 1) === 1 || (hw2 & 0xa000) !== 0 || before === 2;
  if (special) return stackOrCold(hw1, hw2, x, loads, cycles);
  return instruction(loads ? HOT.LDM : HOT.STM, x, hw2, cycles);
}

function stackOrCold(hw1: number, hw2: number, x: number, loads: boolean, cycles: number): Decoded {
  if ((hw1 & 0xffff) === 0xe92d && !(hw2 & 0xa000)) return instruction(HOT.PUSH, 0, hw2, cycles);
  if ((hw1 & 0xffff) === 0xe8bd && !(hw2 & 0x2000)) {
    return instruction(hw2 & 0x8000 ? HOT.POP_PC : HOT.POP, 0, hw2 & 0x7fff, cycles);
  }
  return instruction(loads ? LOAD_MULTIPLE : STORE_MULTIPLE, x, hw2, cycles);
}

function double(hw1: number, hw2: number, pc: number): Decoded {
  const rn = hw1 & 15;
  const x = registers((hw2 >> 12) & 15, rn, 0, (hw2 >> 8) & 15);
  const amount = (hw2 & 0xff) * 4;
  const offset = hw1 & 0x80 ? amount : -amount;
  const loads = (hw1 & 16) !== 0;
  const indexes = (hw1 & 0x100) !== 0;
  const writes = (hw1 & 32) !== 0;
  if (rn === 15) return loads ? instruction(DOUBLE_LITERAL, x, ((pc + 4) & ~3) + offset, 3) : undefinedEncoding();
  const plain = indexes && !writes && ((x >> 12) & 15) !== 13 && (x & 15) !== 13;
  if (plain) return instruction(loads ? HOT.LDRD_IMM : HOT.STRD_IMM, x, offset, 3);
  const flags = (loads ? 0 : ACCESS.store) | (indexes ? ACCESS.index : 0) | (writes ? ACCESS.write : 0);
  return instruction(DOUBLE, x, flags | (offset < 0 ? ACCESS.negative : 0) | amount, 3);
}

const size = (log2: number): number => log2 << 22;

/** Bits 7:4 of the second halfword: TBB, TBH, and the narrow exclusives. */
function tableOrExclusive(hw1: number, hw2: number, pc: number): Decoded {
  const which = (hw2 >> 4) & 15;
  const rn = hw1 & 15;
  const rt = (hw2 >> 12) & 15;
  const loads = (hw1 & 16) !== 0;
  if (loads && which < 2) return instruction(which ? HOT.TBH : HOT.TBB, registers(0, rn, hw2 & 15), pc + 4, 4);
  if (which !== 4 && which !== 5) return undefinedEncoding();
  if (loads) return instruction(LOAD_EXCLUSIVE, registers(rt, rn) | size(which - 4), 0, CYCLES);
  return instruction(STORE_EXCLUSIVE, registers(rt, rn, 0, hw2 & 15) | size(which - 4), 0, CYCLES);
}

/** LDRD, STRD, exclusives, table branches (ARMv7-M ARM A5.3.6). */
export function doubleOrExclusive(hw1: number, hw2: number, pc: number): Decoded {
  const rt = (hw2 >> 12) & 15;
  const rn = hw1 & 15;
  if (hw1 & 0x120) return double(hw1, hw2, pc);
  if (hw1 & 0x80) return tableOrExclusive(hw1, hw2, pc);
  const offset = (hw2 & 0xff) * 4;
  if (hw1 & 16) return instruction(LOAD_EXCLUSIVE, registers(rt, rn) | size(2), offset, CYCLES);
  return instruction(STORE_EXCLUSIVE, registers(rt, rn, 0, (hw2 >> 8) & 15) | size(2), offset, CYCLES);
}
