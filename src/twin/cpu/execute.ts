import type { Core } from "./core.ts";
import { C_MASKINTS, C_STEP, DFSR_DWTTRAP, DFSR_HALTED, debugEnabled, halt } from "./debug/debug.ts";
import { watchesData } from "./debug/dwt.ts";
import { advanceTrace, cyclesToSample, tracesData } from "./debug/dwt-trace.ts";
import { enterException, returnFromException } from "./system/exceptions.ts";
import { CFSR, FAULT } from "./system/faults.ts";
import { codeAt, executeNever } from "./fetch.ts";
import { interpret } from "./interpreter.ts";
import {
  DEBUG_MONITOR,
  executionPriority,
  groupPriority,
  highestPending,
  MEM_MANAGE,
  preempting,
  priorityOf,
  SV_CALL,
  USAGE_FAULT,
} from "./system/priorities.ts";
import { raiseFault } from "./system/raise.ts";
import { NO_REGION, type Region } from "./regions.ts";
import { MODE, type State } from "./state.ts";
import { advanceSysTick, cyclesToTick } from "./system/systick.ts";

const SEVONPEND = 0x10;

/** Longest slice handed to the interpreter, whose counters are small integers. */
const LONGEST_SLICE = 1 << 28;

/** C_MASKINTS hides PendSV, SysTick and the external interrupts from a core under halting debug. */
const visibleEnd = (s: State): number =>
  debugEnabled(s) && s.dhcsr & C_MASKINTS ? DEBUG_MONITOR + 1 : s.pending.length;

const stepping = (s: State): boolean => debugEnabled(s) && (s.dhcsr & C_STEP) !== 0;

/** What ends a WFI or WFE: an event, or an exception that would be taken were it not for PRIMASK (B1.5.17, B1.5.18). */
function wakes(s: State): boolean {
  if (s.eventRegister || (s.scr & SEVONPEND && s.pending.includes(1))) return true;
  const exception = highestPending(s, visibleEnd(s));
  if (exception === 0) return false;
  const masked = s.primask;
  s.primask = 0;
  const priority = executionPriority(s);
  s.primask = masked;
  return groupPriority(s, priorityOf(s, exception)) < priority;
}

/** Passes time for a sleeping core, up to `cycles` or SysTick; wakes it for an event. */
function sleepOn(core: Core, cycles: number): void {
  const s = core.state;
  if (core.executes && wakes(s)) {
    s.mode = MODE.running;
    s.eventRegister = 0;
    return;
  }
  s.cycles += Math.min(cycles, cyclesToTick(s), cyclesToSample(core));
  advanceSysTick(s);
  advanceTrace(core);
}

/** The memory that loads and stores try first: the last favourite while it is open, else the largest writable one. */
function chooseData(core: Core): Region {
  if (core.data !== NO_REGION && core.data.memory.direct) return core.data;
  const open = core.regions.filter(({ memory }) => memory.direct && memory.writable);
  return open.reduce((best, region) => (region.length > best.length ? region : best), NO_REGION);
}

function prepare(core: Core): void {
  core.data = chooseData(core);
  core.watching = watchesData(core) || tracesData(core);
}

/** Runs instructions until something wants a look: at most `cycles`, the next tick, one instruction when stepping. */
function interpretSlice(core: Core, cycles: number): void {
  const s = core.state;
  const pc = s.r[15] >>> 0;
  // Known without a fetch, and worth it: a blank chip comes here twice in each round of its reset loop.
  if (executeNever(pc)) {
    raiseFault(core, MEM_MANAGE, CFSR.IACCVIOL, -1);
    s.retireSticky = 1;
    return;
  }
  const code = codeAt(core, pc);
  const single = stepping(s) || code === core.scratch || tracesData(core);
  const limit = single ? 1 : Math.max(1, Math.min(cycles, cyclesToTick(s), cyclesToSample(core), LONGEST_SLICE));
  core.trace.tracedPc = pc;
  prepare(core);
  if (!interpret(core, code, limit)) faulted(core);
  s.retireSticky = 1;
}

/** The instruction at R15 did not complete. */
function faulted(core: Core): void {
  const { faultException, faultStatus, faultAddress } = core;
  if (faultStatus & CFSR.PRECISERR) core.hooks.refused?.(faultAddress >>> 0, core.state.r[15] >>> 0);
  raiseFault(core, faultException, faultStatus, faultAddress);
}

/** One slice in running mode: a pending exception, or instructions, and what they led to. */
function runSlice(core: Core, cycles: number): void {
  const s = core.state;
  const { epoch } = core;
  const exception = preempting(s, visibleEnd(s));
  if (exception !== 0) enterException(core, exception);
  else if (s.thumb) interpretSlice(core, cycles);
  else raiseFault(core, USAGE_FAULT, CFSR.INVSTATE, -1);
  if (core.epoch !== epoch) return;
  if (core.exceptionReturn !== 0) returnFromException(core);
  advanceSysTick(s);
  advanceTrace(core);
  if (s.mode === MODE.running) endSlice(core, exception !== 0);
}

/** `runSlice`, given up quietly where an access of the core itself ended in a reset. */
function runSliceOrReset(core: Core, cycles: number): void {
  const { epoch } = core;
  try {
    runSlice(core, cycles);
  } catch (thrown) {
    if (thrown !== FAULT || core.epoch === epoch) throw thrown;
  }
}

/** Debug events that strike after an instruction: a watchpoint, or the end of a step. */
function endSlice(core: Core, entered: boolean): void {
  if (core.watchHit) {
    core.watchHit = false;
    halt(core, DFSR_DWTTRAP);
  } else if (stepping(core.state)) endStep(core, entered);
}

/** A step that faulted or called the supervisor ends at the handler's first instruction. */
function endStep(core: Core, entered: boolean): void {
  const synchronous = entered ? 0 : preempting(core.state, SV_CALL + 1);
  if (synchronous !== 0) enterException(core, synchronous);
  if (core.state.mode === MODE.running) halt(core, DFSR_HALTED);
}

/** Runs a released core for about `budget` cycles; answers how many passed. See `Cpu.run`. */
export function run(core: Core, budget: number): number {
  const s = core.state;
  const start = s.cycles;
  const { epoch } = core;
  while (s.cycles - start < budget && core.epoch === epoch) {
    const left = budget - (s.cycles - start);
    if (s.mode === MODE.sleeping) sleepOn(core, left);
    else if (s.mode === MODE.running) runSliceOrReset(core, left);
    else break;
  }
  return s.cycles - start;
}
