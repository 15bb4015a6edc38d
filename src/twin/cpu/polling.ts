import type { LoopHead } from "./compiled/loop-heads.ts";
import type { Core } from "./core.ts";
import { type Decoded, instruction, registers } from "./decode/decoded.ts";
import { HOT } from "./ops/hot-ops.ts";
import type { CodeRegion } from "./regions.ts";

/** The longest way back, in bytes, over which a branch is looked at as a poll. */
const REACH = 32;
/** The condition code of a branch that is always taken (ARMv7-M ARM A7.3). */
const ALWAYS = 14;

const RD = 1;
const RN = 2;
const RM = 4;

/**
 * Operations that a poll may be made of, with the registers that they use: they store nothing, call nothing, and from the
 * same registers and memory they make the same. ADC and its like are out, because they read a flag.
 */
const QUIET: Readonly<Partial<Record<keyof typeof HOT, number>>> = {
  ...{ MOV_IMM: RD, MOVS_IMM: RD, MOV_REG: RD | RM, MOVS_REG: RD | RM, MVN_REG: RD | RM, MVNS_REG: RD | RM },
  ...{ ADD_IMM: RD | RN, ADDS_IMM: RD | RN, SUBS_IMM: RD | RN, CMP_IMM: RN, CMN_IMM: RN, TST_IMM: RN },
  ...{ CMP_REG: RN | RM, CMN_REG: RN | RM, TST_REG: RN | RM, AND_IMM: RD | RN, ANDS_IMM: RD | RN },
  ...{ AND_REG: RD | RN | RM, ANDS_REG: RD | RN | RM, EOR_REG: RD | RN | RM, EORS_REG: RD | RN | RM },
  ...{ LSL_IMM: RD | RM, LSLS_IMM: RD | RM, LSR_IMM: RD | RM, LSRS_IMM: RD | RM, ASR_IMM: RD | RM, ASRS_IMM: RD | RM },
  ...{ UXTB: RD | RM, UXTH: RD | RM, SXTB: RD | RM, SXTH: RD | RM, UBFX: RD | RN, NOP: 0 },
  ...{ LDR_IMM: RD | RN, LDRB_IMM: RD | RN, LDRH_IMM: RD | RN, LDRSB_IMM: RD | RN, LDRSH_IMM: RD | RN },
  ...{ LDR_REG: RD | RN | RM, LDRB_REG: RD | RN | RM, LDRH_REG: RD | RN | RM, LDR_LIT: RD },
};

const NOT_QUIET = -1;
const USES = new Int8Array(Object.keys(HOT).length).fill(NOT_QUIET);
for (const [name, uses] of Object.entries(QUIET)) USES[HOT[name as keyof typeof HOT]] = uses;

/**
 * A short branch back as `LOOP`, which may be a poll; a longer one as `BACK`, which counts its rounds; every other
 * instruction as it is.
 */
export function asLoop(core: Core, code: CodeRegion, decoded: Decoded, pc: number): Decoded {
  const { op, imm, cycles } = decoded;
  const back = (pc - imm) | 0;
  if (op < HOT.B || op > HOT.BLE || back < 0) return decoded;
  const condition = op === HOT.B ? ALWAYS : op - HOT.BEQ;
  const x = registers(condition, op === HOT.B ? 0 : 2);
  if (core.skipsPolls && back <= REACH) return instruction(HOT.LOOP, x, imm, cycles);
  const number = headOf(core, code, imm);
  return number < 0 ? decoded : instruction(HOT.BACK, x | (number << HEAD_SHIFT), imm, cycles);
}

/** Where BACK's operand word holds the number of its loop's head. */
const HEAD_SHIFT = 8;

/** The number of the loop that begins at `pc`, or -1 where none is compiled. */
function headOf(core: Core, code: CodeRegion, pc: number): number {
  const at = (pc - code.base) | 0;
  const compiles = core.compileAfter !== Number.POSITIVE_INFINITY && code !== core.scratch;
  return compiles && at >= 0 && at < code.length ? code.heads.numberOf(at >> 1, core.compileAfter) : -1;
}

/** Makes a branch that closes no poll an ordinary one, or one that counts its rounds. */
function settle(core: Core, code: CodeRegion, last: number): void {
  const condition = code.xs[last] & 15;
  const number = headOf(core, code, code.imms[last]);
  code.ops[last] = number < 0 ? plainBranch(condition) : HOT.BACK;
  if (number >= 0) code.xs[last] |= number << HEAD_SHIFT;
}

/** Counts a round of a loop that is not compiled, and compiles it when it is worth it. */
export function countRound(core: Core, code: CodeRegion, head: LoopHead): void {
  if (++head.rounds >= head.worth) core.tables.compile(core, code, head);
}

/**
 * What `n`, the cycles of this slice, may become at a branch at halfword `last` that has just been taken twice in a row,
 * `period` cycles apart: further whole rounds are let pass unexecuted where each would do exactly what this one did.
 *
 * A round does the same when it is made of quiet operations, reads no register that a later one of them writes, and finds
 * in memory what it found: nothing stores, and of a peripheral's register, at most one, the bus says until when it holds.
 * A branch that closes no such round is settled as another kind.
 */
export function skipRounds(
  core: Core,
  code: CodeRegion,
  last: number,
  n: number,
  period: number,
  reads: number,
): number {
  if (!isPoll(code, (code.imms[last] - code.base) >> 1, last)) {
    settle(core, code, last);
    return n;
  }
  const rounds = Math.floor((stableEnd(core, reads) - 1 - n) / period);
  return rounds > 0 ? n + rounds * period : n;
}

const plainBranch = (condition: number): number => (condition === ALWAYS ? HOT.B : HOT.BEQ + condition);

/** Cycles of this slice up to which what a round read stays as it is, given how many of its reads left the memories. */
function stableEnd(core: Core, reads: number): number {
  if (core.watching || reads > 1) return -1;
  if (reads === 0) return core.limit;
  return Math.min(core.limit, core.bus.stableUntil(core.slowAddress, core.slowSize) - core.sliceStart);
}

/** Whether the straight run of instructions from halfword `first` to the branch at `last` does the same each time. */
export function isPoll(code: CodeRegion, first: number, last: number): boolean {
  let written = 0;
  for (let i = first; i < last; i += halfwords(code, i)) {
    const uses = USES[code.ops[i]] ?? NOT_QUIET;
    if (uses === NOT_QUIET) return false;
    written |= target(uses, code.xs[i]);
  }
  return readsNothingLater(code, first, last, written);
}

/** Whether no instruction reads one of the `written` registers before the round has written it. */
function readsNothingLater(code: CodeRegion, first: number, last: number, written: number): boolean {
  let stale = written;
  for (let i = first; i < last; i += halfwords(code, i)) {
    const uses = USES[code.ops[i]];
    if (sources(uses, code.xs[i]) & stale) return false;
    stale &= ~target(uses, code.xs[i]);
  }
  return true;
}

const halfwords = (code: CodeRegion, i: number): number => 1 + ((code.xs[i] >> 30) & 1);

const target = (uses: number, x: number): number => (uses & RD ? 1 << (x & 15) : 0);

const sources = (uses: number, x: number): number =>
  (uses & RN ? 1 << ((x >> 4) & 15) : 0) | (uses & RM ? 1 << ((x >> 8) & 15) : 0);
