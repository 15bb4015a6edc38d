import type { State } from "../state.ts";

/** Exception number of NMI (ARMv7-M ARM B1.5.2). */
export const NMI = 2;
/** Exception number of HardFault. */
export const HARD_FAULT = 3;
/** Exception number of MemManage. */
export const MEM_MANAGE = 4;
/** Exception number of BusFault. */
export const BUS_FAULT_EXCEPTION = 5;
/** Exception number of UsageFault. */
export const USAGE_FAULT = 6;
/** Exception number of SVCall. */
export const SV_CALL = 11;
/** Exception number of DebugMonitor. */
export const DEBUG_MONITOR = 12;
/** Exception number of PendSV. */
export const PEND_SV = 14;

/** The priority of code that no exception interrupts. */
const THREAD_PRIORITY = 256;

/** SHCSR's enable bit of a configurable fault, or 0. */
const enableBit = (exception: number): number =>
  exception >= MEM_MANAGE && exception <= USAGE_FAULT ? 1 << (exception + 12) : 0;

/** Whether an exception may be taken as itself; a disabled configurable fault escalates instead. */
export function exceptionEnabled(s: State, exception: number): boolean {
  if (exception >= 16) return s.enabled[exception] === 1;
  const bit = enableBit(exception);
  return bit === 0 || (s.shcsrEnables & bit) !== 0;
}

/** Full priority: -2 for NMI, -1 for HardFault, else the register's byte. */
export function priorityOf(s: State, exception: number): number {
  return exception === NMI ? -2 : exception === HARD_FAULT ? -1 : s.priority[exception];
}

/** The part of a priority that decides preemption, by AIRCR.PRIGROUP. */
export const groupPriority = (s: State, priority: number): number =>
  priority < 0 ? priority : priority & (0xff << (s.prigroup + 1)) & 0xff;

/** How many exceptions are active. */
export function activeCount(s: State): number {
  let count = 0;
  for (let n = s.active.indexOf(1); n >= 0; n = s.active.indexOf(1, n + 1)) count++;
  return count;
}

/** Group priority of the active exceptions alone. */
function activePriority(s: State): number {
  if (!s.active.includes(1)) return THREAD_PRIORITY;
  let lowest = THREAD_PRIORITY;
  for (let n = s.active.indexOf(1); n >= 0; n = s.active.indexOf(1, n + 1)) {
    lowest = Math.min(lowest, groupPriority(s, priorityOf(s, n)));
  }
  return lowest;
}

/** The current execution priority with BASEPRI, PRIMASK and FAULTMASK (ARMv7-M ARM B1.5.4). */
export function executionPriority(s: State): number {
  const active = activePriority(s);
  const base = s.basepri === 0 ? THREAD_PRIORITY : groupPriority(s, s.basepri);
  const mask = s.faultmask ? -1 : s.primask ? 0 : THREAD_PRIORITY;
  return Math.min(active, base, mask);
}

/** The exception that would be taken now, or 0 (ARMv7-M ARM B1.5.4). */
export function preempting(s: State, end = s.pending.length): number {
  const exception = highestPending(s, end);
  if (exception === 0) return 0;
  return groupPriority(s, priorityOf(s, exception)) < executionPriority(s) ? exception : 0;
}

/** The pending enabled exception of highest priority, or 0; only those below `end`. */
export function highestPending(s: State, end = s.pending.length): number {
  let best = 0;
  let bestPriority = THREAD_PRIORITY;
  for (let n = s.pending.indexOf(1); n >= 0 && n < end; n = s.pending.indexOf(1, n + 1)) {
    if (!exceptionEnabled(s, n)) continue;
    const priority = priorityOf(s, n);
    if (priority < bestPriority) {
      best = n;
      bestPriority = priority;
    }
  }
  return best;
}
