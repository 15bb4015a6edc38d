import { coldOp } from "./cold-ops.ts";
import { accumulateLong, multiplyHighSigned, operands } from "./ops-alu.ts";
import { shiftByImmediate } from "./shifts.ts";
import type { State } from "../state.ts";

const low = (v: number): number => (v << 16) >> 16;
const high = (v: number): number => v >> 16;

/** The halfword that a bit of the encoding picks: 0 bottom, 1 top. */
const half = (v: number, top: number): number => (top ? high(v) : low(v));

/** A value held between -2^(bits-1) and 2^(bits-1)-1; sets Q when it had to be. */
function saturateSigned(s: State, value: number, bits: number): number {
  const limit = 2 ** (bits - 1);
  if (value >= -limit && value < limit) return value;
  s.q = 1;
  return value < 0 ? -limit : limit - 1;
}

/** A value held between 0 and 2^bits-1; sets Q when it had to be. */
function saturateUnsigned(s: State, value: number, bits: number): number {
  if (value >= 0 && value < 2 ** bits) return value;
  s.q = 1;
  return value < 0 ? 0 : 2 ** bits - 1;
}

/** A sum that wraps; Q says that it did. */
function wrapping(s: State, value: number): number {
  if (value !== (value | 0)) s.q = 1;
  return value | 0;
}

/** SSAT: imm is the width 1 to 32; USAT: 0 to 31. */
export const SSAT = coldOp(({ state: s }, x, imm) => {
  const value = shiftByImmediate(s.r[(x >> 4) & 15], (x >> 21) & 3, (x >> 16) & 31, 0);
  s.r[x & 15] = saturateSigned(s, value, imm);
});

/** USAT. */
export const USAT = coldOp(({ state: s }, x, imm) => {
  const value = shiftByImmediate(s.r[(x >> 4) & 15], (x >> 21) & 3, (x >> 16) & 31, 0);
  s.r[x & 15] = saturateUnsigned(s, value, imm);
});

/** SSAT16. */
export const SSAT16 = coldOp(({ state: s }, x, imm) => {
  const n = s.r[(x >> 4) & 15];
  s.r[x & 15] = (saturateSigned(s, low(n), imm) & 0xffff) | (saturateSigned(s, high(n), imm) << 16);
});

/** USAT16. */
export const USAT16 = coldOp(({ state: s }, x, imm) => {
  const n = s.r[(x >> 4) & 15];
  s.r[x & 15] = saturateUnsigned(s, low(n), imm) | (saturateUnsigned(s, high(n), imm) << 16);
});

/** QADD, QDADD, QSUB, QDSUB as imm 0 to 3: Rd = Rm +- (Rn or 2 Rn), each step saturated. */
export const Q_ARITHMETIC = coldOp(({ state: s }, x, imm) => {
  const [n, m] = operands(s, x);
  const second = imm & 1 ? saturateSigned(s, 2 * n, 32) : n;
  s.r[x & 15] = saturateSigned(s, imm & 2 ? m - second : m + second, 32);
});

/** SEL: each byte from Rn where its GE bit is set, else from Rm. */
export const SEL = coldOp(({ state: s }, x) => {
  const [n, m] = operands(s, x);
  let mask = 0;
  for (let i = 0; i < 4; i++) if ((s.ge >> i) & 1) mask |= 0xff << (8 * i);
  s.r[x & 15] = (n & mask) | (m & ~mask);
});

/** USAD8, and USADA8 with Ra (15: none). */
export const USAD8 = coldOp(({ state: s }, x) => {
  const [n, m] = operands(s, x);
  let sum = addend(s, x);
  for (let i = 0; i < 32; i += 8) sum += Math.abs(((n >>> i) & 0xff) - ((m >>> i) & 0xff));
  s.r[x & 15] = sum;
});

/** Ra, or 0 where its field is 15. */
const addend = (s: State, x: number): number => (((x >> 12) & 15) === 15 ? 0 : s.r[(x >> 12) & 15]);

/** SMULxy and SMLAxy: bits 17 and 16 pick the halves of Rn and Rm. */
export const MULTIPLY_HALVES = coldOp(({ state: s }, x) => {
  const [n, m] = operands(s, x);
  s.r[x & 15] = wrapping(s, half(n, x & 0x20000) * half(m, x & 0x10000) + addend(s, x));
});

/** SMULWy and SMLAWy: the upper 32 of 48 bits. */
export const MULTIPLY_WORD_HALF = coldOp(({ state: s }, x) => {
  const [n, m] = operands(s, x);
  s.r[x & 15] = wrapping(s, Math.floor((n * half(m, x & 0x10000)) / 0x10000) + addend(s, x));
});

/** The two products of SMUAD and its kin; bit 16 swaps the halves of Rm. */
function products(s: State, x: number): readonly [number, number] {
  const [n, m] = operands(s, x);
  return x & 0x10000 ? [low(n) * high(m), high(n) * low(m)] : [low(n) * low(m), high(n) * high(m)];
}

/** SMUAD and SMLAD. */
export const DUAL_ADD = coldOp(({ state: s }, x) => {
  const [a, b] = products(s, x);
  s.r[x & 15] = wrapping(s, a + b + addend(s, x));
});

/** SMUSD and SMLSD; only the sum with Ra can overflow. */
export const DUAL_SUBTRACT = coldOp(({ state: s }, x) => {
  const [a, b] = products(s, x);
  s.r[x & 15] = wrapping(s, a - b + addend(s, x));
});

function accumulate(s: State, x: number, value: number): void {
  accumulateLong(s, x, value | 0, Math.floor(value / 0x100000000));
}

/** SMLALxy. */
export const LONG_HALVES = coldOp(({ state: s }, x) => {
  const [n, m] = operands(s, x);
  accumulate(s, x, half(n, x & 0x20000) * half(m, x & 0x10000));
});

/** SMLALD. */
export const LONG_DUAL_ADD = coldOp(({ state: s }, x) => {
  const [a, b] = products(s, x);
  accumulate(s, x, a + b);
});

/** SMLSLD. */
export const LONG_DUAL_SUBTRACT = coldOp(({ state: s }, x) => {
  const [a, b] = products(s, x);
  accumulate(s, x, a - b);
});

/** SMMUL, SMMLA (imm 0) and SMMLS (imm 1): upper word of Ra:0 +- Rn Rm; bit 16 rounds. */
export const MULTIPLY_HIGH = coldOp(({ state: s }, x, imm) => {
  const [n, m] = operands(s, x);
  let lo = Math.imul(n, m);
  let hi = multiplyHighSigned(n, m);
  if (imm) {
    hi = (-hi - (lo !== 0 ? 1 : 0)) | 0;
    lo = -lo | 0;
  }
  const rounding = x & 0x10000 && lo < 0 ? 1 : 0;
  s.r[x & 15] = addend(s, x) + hi + rounding;
});
