import type { Core } from "../core.ts";
import { decodeInto } from "../fetch.ts";
import { HOT } from "../ops/hot-ops.ts";
import { BKPT } from "../ops/ops-system.ts";
import { isPoll } from "../polling.ts";
import type { CodeRegion } from "../regions.ts";

/** One instruction of a unit, as it stands where it is reached. */
export interface Step {
  readonly pc: number;
  /** Address of the instruction behind it. */
  readonly next: number;
  readonly op: number;
  readonly x: number;
  readonly imm: number;
  readonly cycles: number;
  /** ITSTATE before and after it; 0 outside an IT block. */
  readonly it: number;
  readonly itAfter: number;
}

/** ITSTATE after one instruction of its block. */
const nextIt = (it: number): number => ((it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f));

/** Whether the interpreter has to run the instruction: a breakpoint, or a poll whose rounds it may let pass. */
function isForInterpreter(code: CodeRegion, { op, imm, pc, it }: Step): boolean {
  if (op === BKPT || (op === HOT.IT && it !== 0)) return true;
  return op === HOT.LOOP && isPoll(code, (imm - code.base) >> 1, (pc - code.base) >> 1);
}

/**
 * The instruction at halfword `at` in ITSTATE `it`, or undefined where a unit ends: at the region's last word, and before
 * what only the interpreter runs.
 */
export function stepAt(core: Core, code: CodeRegion, at: number, it: number): Step | undefined {
  if (at < 0 || 2 * at + 4 > code.length) return undefined;
  const [ops, xs, imms] = it === 0 ? [code.ops, code.xs, code.imms] : [code.itOps, code.itXs, code.itImms];
  if (ops[at] === HOT.UNDECODED) decodeInto(core, code, at, it !== 0);
  const [op, x, imm] = [ops[at], xs[at], imms[at]];
  const pc = (code.base + 2 * at) | 0;
  const next = (pc + 2 + ((x >> 29) & 2)) | 0;
  const itAfter = op === HOT.IT ? imm : it === 0 ? 0 : nextIt(it);
  const step = { pc, next, op, x, imm, cycles: (x >> 24) & 31, it, itAfter };
  return isForInterpreter(code, step) ? undefined : step;
}

/** Where a branch with a known target goes, or undefined. */
export const targetOf = ({ op, imm }: Step): number | undefined =>
  (op >= HOT.B && op <= HOT.BL) || op === HOT.CBZ || op === HOT.CBNZ || op === HOT.LOOP || op === HOT.BACK
    ? imm
    : undefined;

/** Whether control never reaches the next instruction except by a return. */
const leaves = ({ op, x }: Step): boolean =>
  op === HOT.B || op === HOT.BX || op === HOT.POP_PC || op === HOT.TBB || op === HOT.TBH || isAlways(op, x);

const isAlways = (op: number, x: number): boolean => (op === HOT.LOOP || op === HOT.BACK) && (x & 15) >= 14;

/** Whether an instruction may branch. */
export const branches = (step: Step): boolean => leaves(step) || step.op === HOT.BLX || targetOf(step) !== undefined;

/** Whether the instruction behind it is reached in order. */
export const fallsThrough = (step: Step): boolean => step.it !== 0 || !(leaves(step) || isCall(step));

/** Whether an instruction leaves the address of the next one in LR. */
export const isCall = ({ op }: Step): boolean => op === HOT.BL || op === HOT.BLX;
