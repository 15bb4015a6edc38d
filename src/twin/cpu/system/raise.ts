import { attention, type Core } from "../core.ts";
import { VC_BUSERR, VC_CHKERR, VC_HARDERR, VC_INTERR, VC_MMERR, VC_NOCPERR, VC_STATERR } from "../debug/debug.ts";
import { CFSR } from "./faults.ts";
import {
  BUS_FAULT_EXCEPTION,
  DEBUG_MONITOR,
  exceptionEnabled,
  executionPriority,
  groupPriority,
  HARD_FAULT,
  MEM_MANAGE,
  priorityOf,
} from "./priorities.ts";
import { isMain } from "../profiles/profile.ts";
import { MODE } from "../state.ts";

const FORCED = 1 << 30;
const DEBUGEVT = 1 << 31;
const MON_EN = 1 << 16;

/** Lockup: the core stands still with PC at 0xFFFFFFFE until a reset, NMI or the debugger; the chip is notified. */
export function lockUp(core: Core): void {
  core.state.mode = MODE.lockup;
  core.state.r[15] = 0xfffffffe | 0;
  attention(core);
  core.hooks.resetRequested("lockup");
}

/** Makes HardFault pend, or locks up where HardFault itself cannot be taken. */
function raiseHardFault(core: Core, hfsr: number): void {
  const s = core.state;
  if (isMain(core.profile)) s.hfsr = (s.hfsr | hfsr) >>> 0;
  core.catches |= VC_HARDERR;
  if (executionPriority(s) <= -1) lockUp(core);
  else s.pending[HARD_FAULT] = 1;
  attention(core);
}

/** Makes a synchronous exception pend; it becomes a HardFault where it is disabled or its priority is too low. */
export function raise(core: Core, exception: number): void {
  const s = core.state;
  const priority = groupPriority(s, priorityOf(s, exception));
  if (exceptionEnabled(s, exception) && priority < executionPriority(s)) {
    s.pending[exception] = 1;
    attention(core);
  } else raiseHardFault(core, FORCED);
}

/** BKPT without halting debug: the monitor where it is enabled, else a HardFault. */
export function raiseDebugEvent(core: Core): void {
  const s = core.state;
  const monitor = (s.demcr & MON_EN) !== 0 && groupPriority(s, s.priority[DEBUG_MONITOR]) < executionPriority(s);
  s.dfsr |= 2;
  if (monitor) s.pending[DEBUG_MONITOR] = 1;
  else raiseHardFault(core, DEBUGEVT);
  attention(core);
}

/** DEMCR's catch bit for a CFSR bit. */
function catchOf(exception: number, status: number): number {
  if (status & (CFSR.STKERR | CFSR.UNSTKERR | CFSR.MSTKERR | CFSR.MUNSTKERR | CFSR.LSPERR)) return VC_INTERR;
  if (exception === MEM_MANAGE) return VC_MMERR;
  if (exception === BUS_FAULT_EXCEPTION) return VC_BUSERR;
  if (status & CFSR.NOCP) return VC_NOCPERR;
  return status & (CFSR.UNALIGNED | CFSR.DIVBYZERO) ? VC_CHKERR : VC_STATERR;
}

/** Records a fault in CFSR and its address register, and raises it; ARMv6-M and Baseline know HardFault only. */
export function raiseFault(core: Core, exception: number, status: number, address: number): void {
  if (core.profile.faults === "v6") {
    raiseHardFault(core, 0);
    return;
  }
  const s = core.state;
  s.cfsr = (s.cfsr | status) >>> 0;
  if (status & CFSR.BFARVALID) s.bfar = address >>> 0;
  core.catches |= catchOf(exception, status);
  raise(core, exception);
}
