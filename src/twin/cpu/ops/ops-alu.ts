import { coldOp } from "./cold-ops.ts";
import { S_BIT } from "../decode/decoded.ts";
import { carryByImmediate, carryByRegister, shiftByImmediate, shiftByRegister } from "./shifts.ts";
import type { State } from "../state.ts";

/** Data-processing opcodes as bits 8:5 of the 32-bit encodings number them (ARMv7-M ARM A5.3.11). */
export const DP = {
  AND: 0,
  BIC: 1,
  ORR: 2,
  ORN: 3,
  EOR: 4,
  PKH: 6,
  ADD: 8,
  ADC: 10,
  SBC: 11,
  SUB: 13,
  RSB: 14,
} as const;

/** Writes a general register; SP keeps its bits 1:0 at 0. */
export function setRegister(s: State, n: number, value: number): void {
  s.r[n] = n === 13 ? value & ~3 : value;
}

/** AddWithCarry (ARMv7-M ARM A2.2.1); sets the four flags when asked. */
function addWithCarry(s: State, a: number, b: number, carry: number, sets: boolean): number {
  const result = (a + b + carry) | 0;
  if (sets) {
    s.nf = result;
    s.zf = result;
    s.cf = (a >>> 0) + (b >>> 0) + carry > 0xffffffff ? 1 : 0;
    s.vf = (a ^ result) & (b ^ result);
  }
  return result;
}

function logical(opcode: number, a: number, b: number): number {
  if (opcode === DP.AND) return a & b;
  if (opcode === DP.BIC) return a & ~b;
  if (opcode === DP.ORR) return a | b;
  return opcode === DP.ORN ? a | ~b : a ^ b;
}

function arithmetic(s: State, opcode: number, a: number, b: number, sets: boolean): number {
  if (opcode === DP.ADD) return addWithCarry(s, a, b, 0, sets);
  if (opcode === DP.ADC) return addWithCarry(s, a, b, s.cf, sets);
  if (opcode === DP.SBC) return addWithCarry(s, a, ~b, s.cf, sets);
  if (opcode === DP.SUB) return addWithCarry(s, a, ~b, 1, sets);
  return addWithCarry(s, ~a, b, 1, sets);
}

/** Any data-processing operation on two values; `carry` is the shifter's. */
function process(s: State, opcode: number, a: number, b: number, carry: number, sets: boolean): number {
  if (opcode >= DP.ADD) return arithmetic(s, opcode, a, b, sets);
  const result = logical(opcode, a, b);
  if (sets) {
    s.nf = result;
    s.zf = result;
    s.cf = carry;
  }
  return result;
}

/** Rn, or 0 for the forms without one (MOV, MVN: Rn is 15). */
const first = (s: State, x: number): number => (((x >> 4) & 15) === 15 ? 0 : s.r[(x >> 4) & 15]);

/** Rd 15 with flags are the compares, which write none. */
function finish(s: State, x: number, result: number): void {
  if ((x & 15) !== 15) setRegister(s, x & 15, result);
}

/** Bit 22: the immediate was rotated, its bit 31 is the carry. The opcode stands in bits 15:12. */
export const ROTATED = 1 << 22;

/** Data processing with an immediate, every form. */
export const DP_IMMEDIATE = coldOp((core, x, imm) => {
  const s = core.state;
  const carry = x & ROTATED ? imm >>> 31 : s.cf;
  finish(s, x, process(s, (x >> 12) & 15, first(s, x), imm, carry, (x & S_BIT) !== 0));
});

/** Data processing with a register shifted by an immediate, every form. */
export const DP_SHIFTED = coldOp((core, x) => {
  const s = core.state;
  const value = s.r[(x >> 8) & 15];
  const type = (x >> 21) & 3;
  const amount = (x >> 16) & 31;
  const b = shiftByImmediate(value, type, amount, s.cf);
  const carry = carryByImmediate(value, type, amount, s.cf);
  finish(s, x, process(s, (x >> 12) & 15, first(s, x), b, carry, (x & S_BIT) !== 0));
});

/** LSL, LSR, ASR, ROR by a register. */
export const SHIFT_REGISTER = coldOp((core, x) => {
  const s = core.state;
  const value = s.r[(x >> 4) & 15];
  const type = (x >> 21) & 3;
  const amount = s.r[(x >> 8) & 15] & 0xff;
  const result = shiftByRegister(value, type, amount);
  if (x & S_BIT) {
    s.cf = carryByRegister(value, type, amount, s.cf);
    s.nf = result;
    s.zf = result;
  }
  setRegister(s, x & 15, result);
});

/** PKHBT (type 0) and PKHTB (type 2). */
export const PKH = coldOp((core, x) => {
  const { r, cf } = core.state;
  const type = (x >> 21) & 3;
  const second = shiftByImmediate(r[(x >> 8) & 15], type, (x >> 16) & 31, cf);
  const rn = r[(x >> 4) & 15];
  r[x & 15] = type === 0 ? (rn & 0xffff) | (second & ~0xffff) : (rn & ~0xffff) | (second & 0xffff);
});

const reverse16 = (v: number): number => ((v & 0x00ff00ff) << 8) | ((v >>> 8) & 0x00ff00ff);

/** REV16. */
export const REV16 = coldOp(({ state: { r } }, x) => {
  r[x & 15] = reverse16(r[(x >> 8) & 15]);
});

/** REVSH. */
export const REVSH = coldOp(({ state: { r } }, x) => {
  r[x & 15] = (reverse16(r[(x >> 8) & 15]) << 16) >> 16;
});

/** RBIT. */
export const RBIT = coldOp(({ state: { r } }, x) => {
  let from = r[(x >> 8) & 15];
  let to = 0;
  for (let i = 0; i < 32; i++, from >>>= 1) to = (to << 1) | (from & 1);
  r[x & 15] = to;
});

/** SXTB, SXTH, SXTB16, UXT.. with rotation, with or without addend: bits 14:12 the form as FAxx encodes it. */
export const EXTEND = coldOp(({ state: { r } }, x) => {
  const rotated = shiftByRegister(r[(x >> 8) & 15], 3, (x >> 16) & 31);
  const addend = ((x >> 4) & 15) === 15 ? 0 : r[(x >> 4) & 15];
  r[x & 15] = extended((x >> 12) & 7, rotated, addend);
});

function extended(form: number, value: number, addend: number): number {
  if (form === 0) return addend + ((value << 16) >> 16);
  if (form === 1) return addend + (value & 0xffff);
  if (form === 4) return addend + ((value << 24) >> 24);
  if (form === 5) return addend + (value & 0xff);
  const low = form === 2 ? (value << 24) >> 24 : value & 0xff;
  const high = form === 2 ? (value << 8) >> 24 : (value >>> 16) & 0xff;
  return ((addend + low) & 0xffff) | (((addend >>> 16) + high) << 16);
}

/** High word of an unsigned 32 by 32 product. */
export function multiplyHighUnsigned(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = ah * bl + ((al * bl) >>> 16);
  const carry = (middle & 0xffff) + al * bh;
  return (ah * bh + Math.floor(middle / 0x10000) + (carry >>> 16)) | 0;
}

/** High word of a signed 32 by 32 product. */
export const multiplyHighSigned = (a: number, b: number): number =>
  (multiplyHighUnsigned(a, b) - (a < 0 ? b : 0) - (b < 0 ? a : 0)) | 0;

/** RdHi:RdLo (bits 15:12 and 3:0) plus a 64-bit value. */
export function accumulateLong(s: State, x: number, low: number, high: number): void {
  const lo = x & 15;
  const hi = (x >> 12) & 15;
  const sum = (s.r[lo] >>> 0) + (low >>> 0);
  s.r[hi] = s.r[hi] + high + (sum > 0xffffffff ? 1 : 0);
  s.r[lo] = sum;
}

/** UMLAL. */
export const UMLAL = coldOp(({ state: s }, x) => {
  const [n, m] = operands(s, x);
  accumulateLong(s, x, Math.imul(n, m), multiplyHighUnsigned(n, m));
});

/** SMLAL. */
export const SMLAL = coldOp(({ state: s }, x) => {
  const [n, m] = operands(s, x);
  accumulateLong(s, x, Math.imul(n, m), multiplyHighSigned(n, m));
});

/** UMAAL: product plus both halves of the destination. */
export const UMAAL = coldOp(({ state: s }, x) => {
  const [n, m] = operands(s, x);
  const high = s.r[(x >> 12) & 15];
  s.r[(x >> 12) & 15] = 0;
  accumulateLong(s, x, Math.imul(n, m), multiplyHighUnsigned(n, m));
  accumulateLong(s, x, high, 0);
});

/** Rn and Rm. */
export const operands = (s: State, x: number): readonly [number, number] => [s.r[(x >> 4) & 15], s.r[(x >> 8) & 15]];
