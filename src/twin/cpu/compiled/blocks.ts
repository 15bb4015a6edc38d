import type { Core } from "../core.ts";
import { HOT } from "../ops/hot-ops.ts";
import type { CodeRegion } from "../regions.ts";
import { branches, fallsThrough, isCall, type Step, stepAt, targetOf } from "./steps.ts";

/** Instructions that run one after the other; only the last of them, or one in an IT block, branches. */
export interface Block {
  readonly pc: number;
  readonly steps: readonly Step[];
  /** Where control goes behind the last step. */
  readonly next: number;
}

/** Most instructions of a unit: V8 must still be willing to optimise the function that they become. */
const MOST_STEPS = 384;
/** Most instructions of a block, whose cycles must fit what is left of a slice. */
const LONGEST_BLOCK = 48;
/** Most entries of a branch table that are looked at. */
const MOST_ENTRIES = 64;

/** Everything that is reached from halfword `head` by known branches, the nearest first, as blocks in address order. */
export function blocksFrom(core: Core, code: CodeRegion, head: number): readonly Block[] {
  const leaders = findLeaders(core, code, head);
  const starts = [...leaders].sort((a, b) => a - b);
  return starts.map((at) => blockAt(core, code, at, leaders)).filter(({ steps }) => steps.length > 0);
}

/** Halfwords that a known branch, a return or a branch table goes to. */
function findLeaders(core: Core, code: CodeRegion, head: number): ReadonlySet<number> {
  const leaders = new Set([head]);
  const seen = new Set<number>();
  // A set is walked in the order of insertion, and meets what is added on the way.
  for (const leader of leaders) {
    let it = 0;
    for (let at = leader, length = 0; seen.size < MOST_STEPS && (it !== 0 || !seen.has(at)); length++) {
      if (it === 0 && length > 0 && length % LONGEST_BLOCK === 0) leaders.add(at);
      const step = stepAt(core, code, at, it);
      if (!step) break;
      if (it === 0) seen.add(at);
      for (const to of successors(core, code, step)) leaders.add((to - code.base) >> 1);
      if (!fallsThrough(step)) break;
      at = (step.next - code.base) >> 1;
      it = step.itAfter;
    }
  }
  return new Set([...leaders].filter((at) => seen.has(at)));
}

function successors(core: Core, code: CodeRegion, step: Step): readonly number[] {
  const target = targetOf(step);
  const table = step.op === HOT.TBB || step.op === HOT.TBH ? tableTargets(core, step) : [];
  const behind = isCall(step) || (branches(step) && fallsThrough(step) && step.itAfter === 0) ? [step.next] : [];
  const all = [...(target === undefined ? [] : [target]), ...table, ...behind];
  return all.filter((to) => to - code.base >= 0 && to - code.base < code.length);
}

/** Targets of a branch table that stands behind its instruction; its entries end where its first target begins. */
function tableTargets({ codeMemory: memory }: Core, { op, x, imm }: Step): readonly number[] {
  if (((x >> 4) & 15) !== 15) return [];
  const width = op === HOT.TBB ? 1 : 2;
  const targets: number[] = [];
  for (let n = 0, end = MOST_ENTRIES; n < end; n++) {
    const half = memory.u16[(imm + width * n - memory.base) >> 1];
    const entry = width === 2 ? half : (half >> (8 * ((imm + n) & 1))) & 0xff;
    end = Math.min(end, Math.ceil((2 * entry) / width));
    if (n < end) targets.push((imm + 2 * entry) | 0);
  }
  return targets;
}

function blockAt(core: Core, code: CodeRegion, start: number, leaders: ReadonlySet<number>): Block {
  const steps: Step[] = [];
  const pc = (code.base + 2 * start) | 0;
  let next = pc;
  for (let it = 0; it !== 0 || steps.length < LONGEST_BLOCK; ) {
    const at = (next - code.base) >> 1;
    if (it === 0 && steps.length > 0 && leaders.has(at)) break;
    const step = stepAt(core, code, at, it);
    if (!step) break;
    steps.push(step);
    next = step.next;
    it = step.itAfter;
    if (step.it === 0 && branches(step)) break;
  }
  return { pc, steps, next };
}
