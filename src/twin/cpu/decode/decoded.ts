/**
 * One instruction after decoding: the operation, its packed operands, one 32-bit immediate (value, target or list).
 * Operand word `x`: Rd (or Rt) 3:0, Rn 7:4, Rm 11:8, Ra (or Rt2, RdHi) 15:12, shift amount 20:16, shift type 22:21,
 * S or writeback 23; the cache adds cycles 28:24 and length 30 (set: four bytes).
 */
export interface Decoded {
  readonly op: number;
  readonly x: number;
  readonly imm: number;
  /** By the tables of the Cortex-M4 TRM (3.3), no wait states; branches and divisions are approximate. */
  readonly cycles: number;
}

/** Decodes the instruction at `pc`; `second` fetches the following halfword when there is one. */
export type Decode = (hw1: number, second: () => number, pc: number, inIt: boolean) => Decoded;

/** Decodes a 32-bit instruction at `pc`. */
export type Wide = (hw1: number, hw2: number, pc: number) => Decoded;

/** Bit 23 of the operand word: sets flags, or writes the base back. */
export const S_BIT = 1 << 23;

/** Bit 22 for LDM, STM and their FP forms: decrement before. */
export const DB_BIT = 1 << 22;

/** Makes a decoded instruction. */
export const instruction = (op: number, x = 0, imm = 0, cycles = 1): Decoded => ({ op, x, imm, cycles });

/** Packs register numbers. */
export const registers = (rd: number, rn = 0, rm = 0, ra = 0): number => rd | (rn << 4) | (rm << 8) | (ra << 12);

/** Packs a shift: type 0 LSL, 1 LSR, 2 ASR, 3 ROR. */
export const shift = (type: number, amount: number): number => (amount << 16) | (type << 21);

/** `value` with its sign bit at `width - 1` spread upward. */
export const signExtend = (value: number, width: number): number => (value << (32 - width)) >> (32 - width);

/** Number of ones, for the length of register lists. */
export function countOnes(list: number): number {
  let ones = 0;
  for (let left = list; left !== 0; left &= left - 1) ones++;
  return ones;
}

/** ThumbExpandImm: the value of an encoded constant (ARMv7-M ARM A5.3.2). Rotated ones have bits 11:10 set. */
export function expandImmediate(imm12: number): number {
  const byte = imm12 & 0xff;
  if (imm12 & 0xc00) {
    const unrotated = byte | 0x80;
    const by = imm12 >> 7;
    return (unrotated >>> by) | (unrotated << (32 - by));
  }
  const pattern = [1, 0x00010001, 0x01000100, 0x01010101][(imm12 >> 8) & 3];
  return Math.imul(byte, pattern);
}
