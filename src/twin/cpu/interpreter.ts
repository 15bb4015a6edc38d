import { load, load32, store } from "./access.ts";
import { interwork } from "./ops/branches.ts";
import { COLD } from "./ops/cold-ops.ts";
import type { Core } from "./core.ts";
import { FAULT } from "./system/faults.ts";
import { noteRun } from "./compiled/loop-heads.ts";
import { decodeInto } from "./fetch.ts";
import { FIRST_COLD } from "./ops/hot-ops.ts";
import { multiplyHighSigned, multiplyHighUnsigned } from "./ops/ops-alu.ts";
import { divide, pop, popToPc, push, loadMultiple, storeMultiple } from "./ops/ops-inline.ts";
import { countRound, skipRounds } from "./polling.ts";
import type { CodeRegion } from "./regions.ts";
import { BKPT } from "./ops/ops-system.ts";

/** Whether a condition code holds (ARMv7-M ARM A7.3). */
function holds(condition: number, nf: number, zf: number, cf: number, vf: number): boolean {
  switch (condition >> 1) {
    case 0:
      return (zf === 0) === ((condition & 1) === 0);
    case 1:
      return (cf !== 0) === ((condition & 1) === 0);
    case 2:
      return nf < 0 === ((condition & 1) === 0);
    case 3:
      return vf < 0 === ((condition & 1) === 0);
    case 4:
      return (cf !== 0 && zf !== 0) === ((condition & 1) === 0);
    case 5:
      return (nf ^ vf) >= 0 === ((condition & 1) === 0);
    case 6:
      return (zf !== 0 && (nf ^ vf) >= 0) === ((condition & 1) === 0);
    default:
      return true;
  }
}

/** ITSTATE after one instruction of its block. */
const nextIt = (it: number): number => ((it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f));

/** No instruction's address. */
const NO_LOOP = -1;

/** SXTB and SXTH to 32 bits. */
const signed8 = (value: number): number => (value << 24) >> 24;
const signed16 = (value: number): number => (value << 16) >> 16;

/**
 * Runs decoded instructions from `code` until `limit` cycles have passed, control leaves the region, or something asks for
 * attention. Answers false when the instruction at R15 raised a fault (`Core.faultException`).
 *
 * One long function on purpose: flags, PC and the memory window live in locals, and the switch becomes one jump table. Its
 * bytecode must stay under 61,440 bytes, above which V8 silently stops optimising it; everything rare is a call. The
 * labels are `HOT`'s numbers, as literals; test/unit/twin/cpu/hot-ops.test.ts compares them.
 */
export function interpret(core: Core, code: CodeRegion, limit: number): boolean {
  const s = core.state;
  const r = s.r;
  const epoch = core.epoch;
  const { ops, xs, imms, length } = code;
  const codeBase = code.base | 0;
  const heads = code.heads.list;
  const data = core.data;
  const base = data.base | 0;
  const size = core.watching ? 0 : data.length;
  const writableSize = data.memory.writable ? size : 0;
  const d8 = data.u8;
  const d16 = data.u16;
  const d32 = data.i32;
  const decoded = data.decodedPages;
  const literalBase = core.codeMemory.base | 0;
  const literalSize = core.watching ? 0 : core.codeMemory.length;
  const literals = core.codeMemory.i32;
  let { nf, zf, cf, vf, it } = s;
  // The short branch back that was taken last, with the cycles and slow reads there were then.
  let loopPc = NO_LOOP;
  let loopN = 0;
  let loopReads = 0;
  let itBefore = 0;
  let itPc = -1;
  let pc = r[15];
  let n = 0;
  core.limit = limit;
  core.sliceStart = s.cycles;
  try {
    while (n < core.limit) {
      const offset = (pc - codeBase) | 0;
      if (offset >>> 0 >= length) break;
      const i = offset >> 1;
      let op = ops[i];
      let x = xs[i];
      let imm = imms[i];
      if (it !== 0) {
        if (code.itOps[i] === 0) decodeInto(core, code, i, true);
        op = code.itOps[i];
        x = code.itXs[i];
        imm = code.itImms[i];
        itBefore = it;
        itPc = pc;
        it = nextIt(it);
        // BKPT is the one instruction that no condition skips (ARMv7-M ARM A7.7.17).
        if (!holds(itBefore >> 4, nf, zf, cf, vf) && op !== BKPT) {
          pc = (pc + 2 + ((x >> 29) & 2)) | 0;
          n += 1;
          continue;
        }
      }
      n += (x >> 24) & 31;
      let next = (pc + 2 + ((x >> 29) & 2)) | 0;
      switch (op) {
        case 0: // UNDECODED
          n -= (x >> 24) & 31; // what an instruction forgotten since has left there
          decodeInto(core, code, i, false);
          continue;
        case 1: // MOV_IMM
          r[x & 15] = imm;
          break;
        case 2: // MOVS_IMM
          r[x & 15] = nf = zf = imm;
          break;
        case 3: // MOV_REG
          r[x & 15] = r[(x >> 8) & 15];
          break;
        case 4: // MOVS_REG
          r[x & 15] = nf = zf = r[(x >> 8) & 15];
          break;
        case 5: // MVN_REG
          r[x & 15] = ~r[(x >> 8) & 15];
          break;
        case 6: // MVNS_REG
          r[x & 15] = nf = zf = ~r[(x >> 8) & 15];
          break;
        case 7: // MOVT
          r[x & 15] = (r[x & 15] & 0xffff) | imm;
          break;
        case 8: // MOV_SP
          r[13] = r[(x >> 8) & 15] & ~3;
          break;
        case 9: // ADD_IMM
          r[x & 15] = r[(x >> 4) & 15] + imm;
          break;
        case 10: {
          // ADDS_IMM
          const a = r[(x >> 4) & 15];
          nf = zf = (a + imm) | 0;
          cf = zf >>> 0 < a >>> 0 ? 1 : 0;
          vf = (a ^ zf) & (imm ^ zf);
          r[x & 15] = zf;
          break;
        }
        case 11: {
          // SUBS_IMM
          const a = r[(x >> 4) & 15];
          nf = zf = (a - imm) | 0;
          cf = a >>> 0 >= imm >>> 0 ? 1 : 0;
          vf = (a ^ imm) & (a ^ zf);
          r[x & 15] = zf;
          break;
        }
        case 12: {
          // CMP_IMM
          const a = r[(x >> 4) & 15];
          nf = zf = (a - imm) | 0;
          cf = a >>> 0 >= imm >>> 0 ? 1 : 0;
          vf = (a ^ imm) & (a ^ zf);
          break;
        }
        case 13: {
          // CMN_IMM
          const a = r[(x >> 4) & 15];
          nf = zf = (a + imm) | 0;
          cf = zf >>> 0 < a >>> 0 ? 1 : 0;
          vf = (a ^ zf) & (imm ^ zf);
          break;
        }
        case 14: // RSB_IMM
          r[x & 15] = imm - r[(x >> 4) & 15];
          break;
        case 15: {
          // RSBS_IMM
          const b = r[(x >> 4) & 15];
          nf = zf = (imm - b) | 0;
          cf = imm >>> 0 >= b >>> 0 ? 1 : 0;
          vf = (imm ^ b) & (imm ^ zf);
          r[x & 15] = zf;
          break;
        }
        case 16: // ADD_REG
          r[x & 15] = r[(x >> 4) & 15] + r[(x >> 8) & 15];
          break;
        case 17: {
          // ADDS_REG
          const a = r[(x >> 4) & 15];
          const b = r[(x >> 8) & 15];
          nf = zf = (a + b) | 0;
          cf = zf >>> 0 < a >>> 0 ? 1 : 0;
          vf = (a ^ zf) & (b ^ zf);
          r[x & 15] = zf;
          break;
        }
        case 18: // SUB_REG
          r[x & 15] = r[(x >> 4) & 15] - r[(x >> 8) & 15];
          break;
        case 19: {
          // SUBS_REG
          const a = r[(x >> 4) & 15];
          const b = r[(x >> 8) & 15];
          nf = zf = (a - b) | 0;
          cf = a >>> 0 >= b >>> 0 ? 1 : 0;
          vf = (a ^ b) & (a ^ zf);
          r[x & 15] = zf;
          break;
        }
        case 20: {
          // CMP_REG
          const a = r[(x >> 4) & 15];
          const b = r[(x >> 8) & 15];
          nf = zf = (a - b) | 0;
          cf = a >>> 0 >= b >>> 0 ? 1 : 0;
          vf = (a ^ b) & (a ^ zf);
          break;
        }
        case 21: {
          // CMN_REG
          const a = r[(x >> 4) & 15];
          const b = r[(x >> 8) & 15];
          nf = zf = (a + b) | 0;
          cf = zf >>> 0 < a >>> 0 ? 1 : 0;
          vf = (a ^ zf) & (b ^ zf);
          break;
        }
        case 22: // ADC_REG
          r[x & 15] = r[(x >> 4) & 15] + r[(x >> 8) & 15] + cf;
          break;
        case 23: {
          // ADCS_REG
          const a = r[(x >> 4) & 15];
          const b = r[(x >> 8) & 15];
          nf = zf = (a + b + cf) | 0;
          cf = (a >>> 0) + (b >>> 0) + cf > 0xffffffff ? 1 : 0;
          vf = (a ^ zf) & (b ^ zf);
          r[x & 15] = zf;
          break;
        }
        case 24: // SBC_REG
          r[x & 15] = r[(x >> 4) & 15] - r[(x >> 8) & 15] - 1 + cf;
          break;
        case 25: {
          // SBCS_REG
          const a = r[(x >> 4) & 15];
          const b = ~r[(x >> 8) & 15];
          nf = zf = (a + b + cf) | 0;
          cf = (a >>> 0) + (b >>> 0) + cf > 0xffffffff ? 1 : 0;
          vf = (a ^ zf) & (b ^ zf);
          r[x & 15] = zf;
          break;
        }
        case 26: // RSB_REG
          r[x & 15] = r[(x >> 8) & 15] - r[(x >> 4) & 15];
          break;
        case 27: // ADC_IMM
          r[x & 15] = r[(x >> 4) & 15] + imm + cf;
          break;
        case 28: // SBC_IMM
          r[x & 15] = r[(x >> 4) & 15] - imm - 1 + cf;
          break;
        case 29: // AND_IMM
          r[x & 15] = r[(x >> 4) & 15] & imm;
          break;
        case 30: // ANDS_IMM
          r[x & 15] = nf = zf = r[(x >> 4) & 15] & imm;
          break;
        case 31: // ORR_IMM
          r[x & 15] = r[(x >> 4) & 15] | imm;
          break;
        case 32: // ORRS_IMM
          r[x & 15] = nf = zf = r[(x >> 4) & 15] | imm;
          break;
        case 33: // EOR_IMM
          r[x & 15] = r[(x >> 4) & 15] ^ imm;
          break;
        case 34: // EORS_IMM
          r[x & 15] = nf = zf = r[(x >> 4) & 15] ^ imm;
          break;
        case 35: // TST_IMM
          nf = zf = r[(x >> 4) & 15] & imm;
          break;
        case 36: // AND_REG
          r[x & 15] = r[(x >> 4) & 15] & r[(x >> 8) & 15];
          break;
        case 37: // ANDS_REG
          r[x & 15] = nf = zf = r[(x >> 4) & 15] & r[(x >> 8) & 15];
          break;
        case 38: // ORR_REG
          r[x & 15] = r[(x >> 4) & 15] | r[(x >> 8) & 15];
          break;
        case 39: // ORRS_REG
          r[x & 15] = nf = zf = r[(x >> 4) & 15] | r[(x >> 8) & 15];
          break;
        case 40: // EOR_REG
          r[x & 15] = r[(x >> 4) & 15] ^ r[(x >> 8) & 15];
          break;
        case 41: // EORS_REG
          r[x & 15] = nf = zf = r[(x >> 4) & 15] ^ r[(x >> 8) & 15];
          break;
        case 42: // BIC_REG
          r[x & 15] = r[(x >> 4) & 15] & ~r[(x >> 8) & 15];
          break;
        case 43: // BICS_REG
          r[x & 15] = nf = zf = r[(x >> 4) & 15] & ~r[(x >> 8) & 15];
          break;
        case 44: // TST_REG
          nf = zf = r[(x >> 4) & 15] & r[(x >> 8) & 15];
          break;
        case 45: // ADD_SHIFT
          r[x & 15] = r[(x >> 4) & 15] + shifted(x, r[(x >> 8) & 15]);
          break;
        case 46: // SUB_SHIFT
          r[x & 15] = r[(x >> 4) & 15] - shifted(x, r[(x >> 8) & 15]);
          break;
        case 47: // RSB_SHIFT
          r[x & 15] = shifted(x, r[(x >> 8) & 15]) - r[(x >> 4) & 15];
          break;
        case 48: // AND_SHIFT
          r[x & 15] = r[(x >> 4) & 15] & shifted(x, r[(x >> 8) & 15]);
          break;
        case 49: // ORR_SHIFT
          r[x & 15] = r[(x >> 4) & 15] | shifted(x, r[(x >> 8) & 15]);
          break;
        case 50: // EOR_SHIFT
          r[x & 15] = r[(x >> 4) & 15] ^ shifted(x, r[(x >> 8) & 15]);
          break;
        case 51: // BIC_SHIFT
          r[x & 15] = r[(x >> 4) & 15] & ~shifted(x, r[(x >> 8) & 15]);
          break;
        case 52: // LSL_IMM
          r[x & 15] = r[(x >> 8) & 15] << ((x >> 16) & 31);
          break;
        case 53: {
          // LSLS_IMM
          const a = r[(x >> 8) & 15];
          const by = (x >> 16) & 31;
          cf = (a >>> (32 - by)) & 1;
          r[x & 15] = nf = zf = a << by;
          break;
        }
        case 54: // LSR_IMM
          r[x & 15] = r[(x >> 8) & 15] >>> ((x >> 16) & 31);
          break;
        case 55: {
          // LSRS_IMM
          const a = r[(x >> 8) & 15];
          const by = (x >> 16) & 31;
          cf = (a >>> (by - 1)) & 1;
          r[x & 15] = nf = zf = (a >>> by) | 0;
          break;
        }
        case 56: // ASR_IMM
          r[x & 15] = r[(x >> 8) & 15] >> ((x >> 16) & 31);
          break;
        case 57: {
          // ASRS_IMM
          const a = r[(x >> 8) & 15];
          const by = (x >> 16) & 31;
          cf = (a >>> (by - 1)) & 1;
          r[x & 15] = nf = zf = a >> by;
          break;
        }
        case 58: {
          // ROR_IMM
          const a = r[(x >> 8) & 15];
          r[x & 15] = (a >>> ((x >> 16) & 31)) | (a << (32 - ((x >> 16) & 31)));
          break;
        }
        case 59: {
          // LSL_REG
          const by = r[(x >> 8) & 15] & 255;
          r[x & 15] = by > 31 ? 0 : r[(x >> 4) & 15] << by;
          break;
        }
        case 60: {
          // LSLS_REG
          const a = r[(x >> 4) & 15];
          const by = r[(x >> 8) & 15] & 255;
          if (by !== 0) cf = by > 32 ? 0 : (a >>> (32 - by)) & 1;
          r[x & 15] = nf = zf = by > 31 ? 0 : a << by;
          break;
        }
        case 61: {
          // LSR_REG
          const by = r[(x >> 8) & 15] & 255;
          r[x & 15] = by > 31 ? 0 : r[(x >> 4) & 15] >>> by;
          break;
        }
        case 62: {
          // LSRS_REG
          const a = r[(x >> 4) & 15];
          const by = r[(x >> 8) & 15] & 255;
          if (by !== 0) cf = by > 32 ? 0 : (a >>> (by - 1)) & 1;
          r[x & 15] = nf = zf = by > 31 ? 0 : (a >>> by) | 0;
          break;
        }
        case 63: {
          // ASR_REG
          const by = r[(x >> 8) & 15] & 255;
          r[x & 15] = r[(x >> 4) & 15] >> Math.min(by, 31);
          break;
        }
        case 64: {
          // ASRS_REG
          const a = r[(x >> 4) & 15];
          const by = r[(x >> 8) & 15] & 255;
          if (by !== 0) cf = (a >> (by > 31 ? 31 : by - 1)) & 1;
          r[x & 15] = nf = zf = a >> Math.min(by, 31);
          break;
        }
        case 65: // MUL
          r[x & 15] = Math.imul(r[(x >> 4) & 15], r[(x >> 8) & 15]);
          break;
        case 66: // MULS
          r[x & 15] = nf = zf = Math.imul(r[(x >> 4) & 15], r[(x >> 8) & 15]);
          break;
        case 67: // MLA
          r[x & 15] = Math.imul(r[(x >> 4) & 15], r[(x >> 8) & 15]) + r[(x >> 12) & 15];
          break;
        case 68: // MLS
          r[x & 15] = r[(x >> 12) & 15] - Math.imul(r[(x >> 4) & 15], r[(x >> 8) & 15]);
          break;
        case 69: {
          // UMULL
          const a = r[(x >> 4) & 15];
          const b = r[(x >> 8) & 15];
          r[x & 15] = Math.imul(a, b);
          r[(x >> 12) & 15] = multiplyHighUnsigned(a, b);
          break;
        }
        case 70: {
          // SMULL
          const a = r[(x >> 4) & 15];
          const b = r[(x >> 8) & 15];
          r[x & 15] = Math.imul(a, b);
          r[(x >> 12) & 15] = multiplyHighSigned(a, b);
          break;
        }
        case 71: {
          // UDIV
          const b = r[(x >> 8) & 15] >>> 0;
          r[x & 15] = b === 0 ? divide(core) : (r[(x >> 4) & 15] >>> 0) / b;
          break;
        }
        case 72: {
          // SDIV
          const b = r[(x >> 8) & 15];
          r[x & 15] = b === 0 ? divide(core) : r[(x >> 4) & 15] / b;
          break;
        }
        case 73: // UXTB
          r[x & 15] = r[(x >> 8) & 15] & 0xff;
          break;
        case 74: // UXTH
          r[x & 15] = r[(x >> 8) & 15] & 0xffff;
          break;
        case 75: // SXTB
          r[x & 15] = (r[(x >> 8) & 15] << 24) >> 24;
          break;
        case 76: // SXTH
          r[x & 15] = (r[(x >> 8) & 15] << 16) >> 16;
          break;
        case 77: {
          // REV
          const a = r[(x >> 8) & 15];
          r[x & 15] = (a << 24) | ((a & 0xff00) << 8) | ((a >>> 8) & 0xff00) | (a >>> 24);
          break;
        }
        case 78: // CLZ
          r[x & 15] = Math.clz32(r[(x >> 8) & 15]);
          break;
        case 79: // UBFX
          r[x & 15] = (r[(x >> 4) & 15] >>> ((x >> 16) & 31)) & (0xffffffff >>> (32 - imm));
          break;
        case 80: // SBFX
          r[x & 15] = (r[(x >> 4) & 15] << (32 - imm - ((x >> 16) & 31))) >> (32 - imm);
          break;
        case 81: // BFI
          r[x & 15] = (r[x & 15] & ~imm) | ((r[(x >> 4) & 15] << ((x >> 16) & 31)) & imm);
          break;
        case 82: {
          // LDR_IMM
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size && (o & 3) === 0 ? d32[o >> 2] : load32(core, at, n);
          break;
        }
        case 83: {
          // LDRB_IMM
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size ? d8[o] : load(core, at, 1, n);
          break;
        }
        case 84: {
          // LDRH_IMM
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size && (o & 1) === 0 ? d16[o >> 1] : load(core, at, 2, n);
          break;
        }
        case 85: {
          // LDRSB_IMM
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          r[x & 15] = signed8(o >>> 0 < size ? d8[o] : load(core, at, 1, n));
          break;
        }
        case 86: {
          // LDRSH_IMM
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          r[x & 15] = signed16(o >>> 0 < size && (o & 1) === 0 ? d16[o >> 1] : load(core, at, 2, n));
          break;
        }
        case 87: {
          // LDR_REG
          const at = (r[(x >> 4) & 15] + (r[(x >> 8) & 15] << ((x >> 16) & 31))) | 0;
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size && (o & 3) === 0 ? d32[o >> 2] : load32(core, at, n);
          break;
        }
        case 88: {
          // LDRB_REG
          const at = (r[(x >> 4) & 15] + (r[(x >> 8) & 15] << ((x >> 16) & 31))) | 0;
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size ? d8[o] : load(core, at, 1, n);
          break;
        }
        case 89: {
          // LDRH_REG
          const at = (r[(x >> 4) & 15] + (r[(x >> 8) & 15] << ((x >> 16) & 31))) | 0;
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size && (o & 1) === 0 ? d16[o >> 1] : load(core, at, 2, n);
          break;
        }
        case 90: {
          // LDRSB_REG
          const at = (r[(x >> 4) & 15] + (r[(x >> 8) & 15] << ((x >> 16) & 31))) | 0;
          const o = (at - base) | 0;
          r[x & 15] = signed8(o >>> 0 < size ? d8[o] : load(core, at, 1, n));
          break;
        }
        case 91: {
          // LDRSH_REG
          const at = (r[(x >> 4) & 15] + (r[(x >> 8) & 15] << ((x >> 16) & 31))) | 0;
          const o = (at - base) | 0;
          r[x & 15] = signed16(o >>> 0 < size && (o & 1) === 0 ? d16[o >> 1] : load(core, at, 2, n));
          break;
        }
        case 92: {
          // LDR_LIT
          const o = (imm - literalBase) | 0;
          r[x & 15] = o >>> 0 < literalSize && (o & 3) === 0 ? literals[o >> 2] : load32(core, imm, n);
          break;
        }
        case 93: {
          // LDR_POST
          const at = r[(x >> 4) & 15];
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size && (o & 3) === 0 ? d32[o >> 2] : load32(core, at, n);
          r[(x >> 4) & 15] = at + imm;
          break;
        }
        case 94: {
          // LDRB_POST
          const at = r[(x >> 4) & 15];
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size ? d8[o] : load(core, at, 1, n);
          r[(x >> 4) & 15] = at + imm;
          break;
        }
        case 95: {
          // LDRH_POST
          const at = r[(x >> 4) & 15];
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size && (o & 1) === 0 ? d16[o >> 1] : load(core, at, 2, n);
          r[(x >> 4) & 15] = at + imm;
          break;
        }
        case 96: {
          // LDR_PRE
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size && (o & 3) === 0 ? d32[o >> 2] : load32(core, at, n);
          r[(x >> 4) & 15] = at;
          break;
        }
        case 97: {
          // LDRB_PRE
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          r[x & 15] = o >>> 0 < size ? d8[o] : load(core, at, 1, n);
          r[(x >> 4) & 15] = at;
          break;
        }
        case 98: {
          // STR_IMM
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && (o & 3) === 0 && decoded[o >> 8] === 0) d32[o >> 2] = r[x & 15];
          else store(core, at, 4, r[x & 15], n);
          break;
        }
        case 99: {
          // STRB_IMM
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && decoded[o >> 8] === 0) d8[o] = r[x & 15];
          else store(core, at, 1, r[x & 15], n);
          break;
        }
        case 100: {
          // STRH_IMM
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && (o & 1) === 0 && decoded[o >> 8] === 0) d16[o >> 1] = r[x & 15];
          else store(core, at, 2, r[x & 15], n);
          break;
        }
        case 101: {
          // STR_REG
          const at = (r[(x >> 4) & 15] + (r[(x >> 8) & 15] << ((x >> 16) & 31))) | 0;
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && (o & 3) === 0 && decoded[o >> 8] === 0) d32[o >> 2] = r[x & 15];
          else store(core, at, 4, r[x & 15], n);
          break;
        }
        case 102: {
          // STRB_REG
          const at = (r[(x >> 4) & 15] + (r[(x >> 8) & 15] << ((x >> 16) & 31))) | 0;
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && decoded[o >> 8] === 0) d8[o] = r[x & 15];
          else store(core, at, 1, r[x & 15], n);
          break;
        }
        case 103: {
          // STRH_REG
          const at = (r[(x >> 4) & 15] + (r[(x >> 8) & 15] << ((x >> 16) & 31))) | 0;
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && (o & 1) === 0 && decoded[o >> 8] === 0) d16[o >> 1] = r[x & 15];
          else store(core, at, 2, r[x & 15], n);
          break;
        }
        case 104: {
          // STR_POST
          const at = r[(x >> 4) & 15];
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && (o & 3) === 0 && decoded[o >> 8] === 0) d32[o >> 2] = r[x & 15];
          else store(core, at, 4, r[x & 15], n);
          r[(x >> 4) & 15] = at + imm;
          break;
        }
        case 105: {
          // STRB_POST
          const at = r[(x >> 4) & 15];
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && decoded[o >> 8] === 0) d8[o] = r[x & 15];
          else store(core, at, 1, r[x & 15], n);
          r[(x >> 4) & 15] = at + imm;
          break;
        }
        case 106: {
          // STRH_POST
          const at = r[(x >> 4) & 15];
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && (o & 1) === 0 && decoded[o >> 8] === 0) d16[o >> 1] = r[x & 15];
          else store(core, at, 2, r[x & 15], n);
          r[(x >> 4) & 15] = at + imm;
          break;
        }
        case 107: {
          // STR_PRE
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && (o & 3) === 0 && decoded[o >> 8] === 0) d32[o >> 2] = r[x & 15];
          else store(core, at, 4, r[x & 15], n);
          r[(x >> 4) & 15] = at;
          break;
        }
        case 108: {
          // STRB_PRE
          const at = (r[(x >> 4) & 15] + imm) | 0;
          const o = (at - base) | 0;
          if (o >>> 0 < writableSize && decoded[o >> 8] === 0) d8[o] = r[x & 15];
          else store(core, at, 1, r[x & 15], n);
          r[(x >> 4) & 15] = at;
          break;
        }
        case 109: // LDRD_IMM
          loadMultiple(core, (r[(x >> 4) & 15] + imm) | 0, 0, x, n);
          break;
        case 110: // STRD_IMM
          storeMultiple(core, (r[(x >> 4) & 15] + imm) | 0, 0, x, n);
          break;
        case 111: // PUSH
          push(core, imm, n);
          break;
        case 112: // POP
          pop(core, imm, n);
          break;
        case 113: // POP_PC
          next = popToPc(core, imm, n);
          break;
        case 114: // LDM
          loadMultiple(core, r[(x >> 4) & 15], imm, x, n);
          break;
        case 115: // STM
          storeMultiple(core, r[(x >> 4) & 15], imm, x, n);
          break;
        case 116: // B
          next = imm;
          break;
        case 117: // BEQ
          if (zf === 0) {
            next = imm;
            n += 2;
          }
          break;
        case 118: // BNE
          if (zf !== 0) {
            next = imm;
            n += 2;
          }
          break;
        case 119: // BCS
          if (cf !== 0) {
            next = imm;
            n += 2;
          }
          break;
        case 120: // BCC
          if (cf === 0) {
            next = imm;
            n += 2;
          }
          break;
        case 121: // BMI
          if (nf < 0) {
            next = imm;
            n += 2;
          }
          break;
        case 122: // BPL
          if (nf >= 0) {
            next = imm;
            n += 2;
          }
          break;
        case 123: // BVS
          if (vf < 0) {
            next = imm;
            n += 2;
          }
          break;
        case 124: // BVC
          if (vf >= 0) {
            next = imm;
            n += 2;
          }
          break;
        case 125: // BHI
          if (cf !== 0 && zf !== 0) {
            next = imm;
            n += 2;
          }
          break;
        case 126: // BLS
          if (cf === 0 || zf === 0) {
            next = imm;
            n += 2;
          }
          break;
        case 127: // BGE
          if ((nf ^ vf) >= 0) {
            next = imm;
            n += 2;
          }
          break;
        case 128: // BLT
          if ((nf ^ vf) < 0) {
            next = imm;
            n += 2;
          }
          break;
        case 129: // BGT
          if (zf !== 0 && (nf ^ vf) >= 0) {
            next = imm;
            n += 2;
          }
          break;
        case 130: // BLE
          if (zf === 0 || (nf ^ vf) < 0) {
            next = imm;
            n += 2;
          }
          break;
        case 131: // BL
          r[14] = next | 1;
          next = imm;
          break;
        case 132: {
          // BX
          const to = r[(x >> 8) & 15];
          next = (to & 1) !== 0 && to >>> 28 !== 15 ? to & ~1 : interwork(core, to);
          break;
        }
        case 133: {
          // BLX
          const to = r[(x >> 8) & 15];
          r[14] = next | 1;
          next = (to & 1) !== 0 && to >>> 28 !== 15 ? to & ~1 : interwork(core, to);
          break;
        }
        case 134: // CBZ
          if (r[(x >> 4) & 15] === 0) {
            next = imm;
            n += 2;
          }
          break;
        case 135: // CBNZ
          if (r[(x >> 4) & 15] !== 0) {
            next = imm;
            n += 2;
          }
          break;
        case 136: {
          // TBB
          const table = ((x >> 4) & 15) === 15 ? imm : r[(x >> 4) & 15];
          next = (imm + 2 * load(core, (table + r[(x >> 8) & 15]) | 0, 1, n)) | 0;
          break;
        }
        case 137: {
          // TBH
          const table = ((x >> 4) & 15) === 15 ? imm : r[(x >> 4) & 15];
          next = (imm + 2 * load(core, (table + 2 * r[(x >> 8) & 15]) | 0, 2, n)) | 0;
          break;
        }
        case 138: // IT
          it = imm;
          break;
        case 139: // NOP
          break;
        case 140: // LOOP
          if (holds(x & 15, nf, zf, cf, vf)) {
            next = imm;
            n += (x >> 4) & 15;
            if (pc === loopPc) n = skipRounds(core, code, i, n, n - loopN, core.slowReads - loopReads);
            loopPc = pc;
            loopN = n;
            loopReads = core.slowReads;
          } else loopPc = NO_LOOP;
          break;
        case 141: {
          // BACK
          if (!holds(x & 15, nf, zf, cf, vf)) break;
          next = imm;
          n += (x >> 4) & 15;
          const head = heads[(x >> 8) & 0xffff];
          if (head.run === undefined) {
            countRound(core, code, head);
            break;
          }
          s.nf = nf;
          s.zf = zf;
          s.cf = cf;
          s.vf = vf;
          const entered = n;
          n = head.run(n, epoch);
          noteRun(head, entered, n, core.limit);
          nf = s.nf;
          zf = s.zf;
          cf = s.cf;
          vf = s.vf;
          next = core.left.pc;
          it = core.left.it;
          itPc = NO_LOOP;
          loopPc = NO_LOOP;
          if (core.left.fault) {
            core.left.fault = false;
            pc = next;
            throw FAULT;
          }
          break;
        }
        default:
          s.nf = nf;
          s.zf = zf;
          s.cf = cf;
          s.vf = vf;
          s.cycles = core.sliceStart + n;
          r[15] = next;
          COLD[op - FIRST_COLD](core, x, imm);
          nf = s.nf;
          zf = s.zf;
          cf = s.cf;
          vf = s.vf;
          next = r[15];
      }
      pc = next;
    }
  } catch (thrown) {
    if (thrown !== FAULT) throw thrown;
    // A reset or a restore in mid-instruction has already written the state that counts.
    if (core.epoch !== epoch) return true;
    commit(core, nf, zf, cf, vf, itPc === pc ? itBefore : it, pc, n);
    return core.faultException === 0;
  }
  if (core.epoch === epoch) commit(core, nf, zf, cf, vf, it, pc, n);
  return true;
}

/** A register shifted by an immediate of 1 to 31; decoders keep the odd amounts out of the inline forms. */
function shifted(x: number, value: number): number {
  const by = (x >> 16) & 31;
  const type = (x >> 21) & 3;
  if (type === 0) return value << by;
  if (type === 1) return (value >>> by) | 0;
  return type === 2 ? value >> by : (value >>> by) | (value << (32 - by));
}

function commit(core: Core, nf: number, zf: number, cf: number, vf: number, it: number, pc: number, n: number): void {
  const s = core.state;
  s.nf = nf;
  s.zf = zf;
  s.cf = cf;
  s.vf = vf;
  s.it = it;
  s.r[15] = pc;
  s.cycles = core.sliceStart + n;
}
