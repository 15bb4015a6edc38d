import { load32, requireAligned, store } from "../access.ts";
import type { Core } from "../core.ts";
import { CFSR, usageFault } from "../system/faults.ts";
import { DB_BIT, S_BIT } from "../decode/decoded.ts";
import { setRegister } from "./ops-alu.ts";
import { fpOp } from "./ops-float.ts";

const elapsed = (core: Core): number => core.state.cycles - core.sliceStart;

/** FPSCR's implemented bits. */
const FPSCR_MASK = 0xf7c0009f;

/** VMRS: Rt 15 is APSR_nzcv. */
export const VMRS = fpOp(({ state: s }, x) => {
  if ((x & 15) !== 15) s.r[x & 15] = s.fpscr;
  else {
    s.nf = s.fpscr | 0;
    s.zf = s.fpscr & 0x40000000 ? 0 : 1;
    s.cf = (s.fpscr >>> 29) & 1;
    s.vf = s.fpscr << 3;
  }
});

/** VMSR. */
export const VMSR = fpOp(({ state: s }, x) => {
  s.fpscr = s.r[x & 15] & FPSCR_MASK;
});

/** VMOV Sn, Rt: Rt 3:0, imm the S register. */
export const VMOV_FROM_CORE = fpOp(({ state: s }, x, imm) => {
  s.s[imm] = s.r[x & 15];
});

/** VMOV Rt, Sn. */
export const VMOV_TO_CORE = fpOp(({ state: s }, x, imm) => {
  s.r[x & 15] = s.s[imm];
});

/** VMOV Sm, Sm1, Rt, Rt2. */
export const VMOV_PAIR_FROM_CORE = fpOp(({ state: s }, x, imm) => {
  s.s[imm] = s.r[x & 15];
  if (imm < 31) s.s[imm + 1] = s.r[(x >> 12) & 15];
});

/** VMOV Rt, Rt2, Sm, Sm1. */
export const VMOV_PAIR_TO_CORE = fpOp(({ state: s }, x, imm) => {
  s.r[x & 15] = s.s[imm];
  s.r[(x >> 12) & 15] = s.s[(imm + 1) & 31];
});

/** Load and store operand: first S register 4:0 (x), Rn 8:5, count of words 15:9; offset in imm; literal base in bit 22. */
export const block = (first: number, rn: number, words: number): number => first | (rn << 5) | (words << 9);

const rnOf = (x: number): number => (x >> 5) & 15;
const wordsOf = (x: number): number => (x >> 9) & 63;

function loadWords(core: Core, first: number, words: number, at: number): void {
  requireAligned(core, at, 4);
  for (let i = 0; i < words; i++) core.state.s[(first + i) & 31] = load32(core, at + 4 * i, elapsed(core));
}

function storeWords(core: Core, first: number, words: number, at: number): void {
  requireAligned(core, at, 4);
  for (let i = 0; i < words; i++) store(core, at + 4 * i, 4, core.state.s[(first + i) & 31], elapsed(core));
}

/** VLDR, one or two words at Rn + imm. */
export const VLDR = fpOp((core, x, imm) => loadWords(core, x & 31, wordsOf(x), (core.state.r[rnOf(x)] + imm) | 0));

/** VLDR from a constant address. */
export const VLDR_LITERAL = fpOp((core, x, imm) => loadWords(core, x & 31, wordsOf(x), imm));

/** VSTR, one or two words at Rn + imm. */
export const VSTR = fpOp((core, x, imm) => storeWords(core, x & 31, wordsOf(x), (core.state.r[rnOf(x)] + imm) | 0));

/** The first address of a VLDM or VSTM, and the base after it; imm is the size in bytes. */
function walk(core: Core, x: number, imm: number): readonly [number, number] {
  const base = core.state.r[rnOf(x)];
  return x & DB_BIT ? [(base - imm) | 0, (base - imm) | 0] : [base, (base + imm) | 0];
}

/** VLDM and VPOP. */
export const VLDM = fpOp((core, x, imm) => {
  const [at, after] = walk(core, x, imm);
  loadWords(core, x & 31, wordsOf(x), at);
  if (x & S_BIT) setRegister(core.state, rnOf(x), after);
});

/** VSTM and VPUSH. */
export const VSTM = fpOp((core, x, imm) => {
  const [at, after] = walk(core, x, imm);
  storeWords(core, x & 31, wordsOf(x), at);
  if (x & S_BIT) setRegister(core.state, rnOf(x), after);
});

/** Encodings of coprocessors 10 and 11 that this FPU lacks: NOCP while it is off, else undefined. */
export const UNDEFINED_FP = fpOp((core) => usageFault(core, CFSR.UNDEFINSTR));
