import { attention, type Core } from "../core.ts";
import { readRegister, writeRegister } from "./debug-registers.ts";
import { isMain } from "../profiles/profile.ts";
import { MODE, type State } from "../state.ts";

/** DHCSR: halting debug is enabled (ARMv7-M ARM C1.6.2). */
const C_DEBUGEN = 1;
/** DHCSR: the core is to halt, or has. */
export const C_HALT = 2;
/** DHCSR: the next resume executes one instruction. */
export const C_STEP = 4;
/** DHCSR: PendSV, SysTick and external interrupts wait. */
export const C_MASKINTS = 8;
const C_SNAPSTALL = 0x20;

/** DFSR: halted by request or by a step (ARMv7-M ARM C1.6.1). */
export const DFSR_HALTED = 1;
/** DFSR: halted by BKPT or a breakpoint comparator. */
export const DFSR_BKPT = 2;
/** DFSR: halted by a watchpoint. */
export const DFSR_DWTTRAP = 4;
/** DFSR: halted by a vector catch. */
export const DFSR_VCATCH = 8;

/** DEMCR: catch the reset vector (ARMv7-M ARM C1.6.5). */
export const VC_CORERESET = 1;
/** DEMCR: catch MemManage. */
export const VC_MMERR = 1 << 4;
/** DEMCR: catch a UsageFault for a missing coprocessor. */
export const VC_NOCPERR = 1 << 5;
/** DEMCR: catch a UsageFault for alignment or division by zero. */
export const VC_CHKERR = 1 << 6;
/** DEMCR: catch a UsageFault for a state error. */
export const VC_STATERR = 1 << 7;
/** DEMCR: catch BusFault. */
export const VC_BUSERR = 1 << 8;
/** DEMCR: catch faults during exception entry or return. */
export const VC_INTERR = 1 << 9;
/** DEMCR: catch HardFault. */
export const VC_HARDERR = 1 << 10;
/** DEMCR: DWT and ITM are enabled. */
export const TRCENA = 1 << 24;
const DEMCR_WRITABLE = 0x010f07f1;
/** ARMv6-M and Baseline: DWTENA, VC_HARDERR, VC_CORERESET. */
const DEMCR_WRITABLE_V6 = 0x01000401;

const KEY = 0xa05f;

/** Whether the debugger has enabled halting. */
export const debugEnabled = (s: State): boolean => (s.dhcsr & C_DEBUGEN) !== 0;

/** Enters debug state for a reason of DFSR. */
export function halt(core: Core, reason: number): void {
  const s = core.state;
  s.mode = MODE.halted;
  s.dhcsr |= C_HALT;
  s.dfsr |= reason;
  attention(core);
}

/** Leaves debug state; a core that must not execute falls asleep again. */
function resume(core: Core): void {
  core.state.mode = core.executes ? MODE.running : MODE.sleeping;
}

/** DHCSR, with S_SDE where the core is Secure; the debugger's read clears S_RETIRE_ST and S_RESET_ST, the core's own does not (unsure). */
export function readDhcsr(core: Core, clears: boolean): number {
  const s = core.state;
  const status =
    (s.regReady << 16) |
    (s.mode === MODE.halted ? 1 << 17 : 0) |
    (s.mode === MODE.sleeping ? 1 << 18 : 0) |
    (s.mode === MODE.lockup ? 1 << 19 : 0) |
    (s.retireSticky << 24) |
    (s.resetSticky << 25) |
    (core.profile.security === "absent" ? 0 : 1 << 20);
  if (clears) {
    s.retireSticky = 0;
    s.resetSticky = s.mode === MODE.reset ? 1 : 0;
  }
  return (s.dhcsr | status) >>> 0;
}

/** DHCSR written by the debugger: nothing without the key; halts and resumes at once. */
export function writeDhcsr(core: Core, value: number): void {
  const s = core.state;
  if (value >>> 16 !== KEY) return;
  const enabled = (value & C_DEBUGEN) !== 0;
  if (enabled !== debugEnabled(s)) core.decodeEpoch++; // breakpoint comparators count only with halting debug
  s.dhcsr = enabled ? value & (C_DEBUGEN | C_HALT | C_STEP | C_MASKINTS | C_SNAPSTALL) : 0;
  if (s.mode === MODE.reset) return;
  if (s.dhcsr & C_HALT) {
    if (s.mode !== MODE.halted) halt(core, DFSR_HALTED);
  } else if (s.mode === MODE.halted) resume(core);
}

/** DCRSR: moves one register between the halted core and DCRDR. A running core never gets ready. */
export function writeDcrsr(core: Core, value: number): void {
  const s = core.state;
  s.regReady = s.mode === MODE.halted ? 1 : 0;
  if (!s.regReady) return;
  if (value & 0x10000) writeRegister(core, value & 0x7f, s.dcrdr);
  else s.dcrdr = readRegister(core, value & 0x7f);
}

/** DEMCR: the bits that exist. */
export function writeDemcr(core: Core, value: number): void {
  core.state.demcr = value & (isMain(core.profile) ? DEMCR_WRITABLE : DEMCR_WRITABLE_V6);
  attention(core);
}
