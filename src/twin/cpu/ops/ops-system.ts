import { attention, type Core } from "../core.ts";
import { interwork } from "./branches.ts";
import { coldOp } from "./cold-ops.ts";
import { DFSR_BKPT, debugEnabled, halt } from "../debug/debug.ts";
import { CFSR, stopHere, usageFault } from "../system/faults.ts";
import { SV_CALL } from "../system/priorities.ts";
import { raise, raiseDebugEvent } from "../system/raise.ts";
import {
  apsr,
  controlMask,
  msp,
  privileged,
  psp,
  setFlags,
  setGe,
  setStackPointers,
  switchStacks,
} from "../system/special-registers.ts";
import { isMain } from "../profiles/profile.ts";
import { MODE, type State } from "../state.ts";
import { priorityMask } from "../system/nvic.ts";

/** MOV PC, Rm and ADD PC, Rm: a branch without interworking; imm is added (0, or the PC operand). */
export const BRANCH_REGISTER = coldOp(({ state: { r } }, x, imm) => {
  r[15] = (r[(x >> 8) & 15] + imm) & ~1;
});

/** BX PC and the like: to a constant address. */
export const BRANCH_CONSTANT = coldOp((core, _x, imm) => {
  core.state.r[15] = interwork(core, imm);
});

/** Undefined encodings. */
export const UNDEFINED = coldOp((core) => usageFault(core, CFSR.UNDEFINSTR));

/** Coprocessors that do not exist. */
export const NO_COPROCESSOR = coldOp((core) => usageFault(core, CFSR.NOCP));

/** An encoding that the architecture calls unpredictable and this model does not know: the board stops and says so. */
export const UNIMPLEMENTED = coldOp((core, x, imm) => lock(core, imm, 2 + ((x >> 29) & 2)));

/** Stands still before an instruction of `length` bytes that the model does not know, and names it. */
export function lock(core: Core, opcode: number, length: number): never {
  const s = core.state;
  s.mode = MODE.lockup;
  attention(core);
  core.hooks.unimplemented(opcode >>> 0, (s.r[15] - length) >>> 0);
  return stopHere(core);
}

/** SVC. */
export const SVC = coldOp((core) => raise(core, SV_CALL));

/** BKPT, and what a breakpoint comparator puts in an instruction's place: both stop before it. */
export const BKPT = coldOp((core) => {
  if (debugEnabled(core.state)) halt(core, DFSR_BKPT);
  else raiseDebugEvent(core);
  stopHere(core);
});

/** WFI: asleep until an exception could be taken, PRIMASK aside; the run loop looks at once. */
export const WFI = coldOp((core) => sleep(core));

/** WFE: takes the event if there is one, else sleeps. */
export const WFE = coldOp((core) => {
  if (core.state.eventRegister) core.state.eventRegister = 0;
  else sleep(core);
});

/** Falls asleep after the current instruction. */
export function sleep(core: Core): void {
  core.state.mode = MODE.sleeping;
  attention(core);
}

/** SEV: an event for every core of the chip. */
export const SEV = coldOp(({ state, hooks }) => {
  state.eventRegister = 1;
  hooks.eventSent?.();
});

/** CPS: imm bit 0 FAULTMASK, bit 1 PRIMASK, bit 4 disables. Ignored when unprivileged. */
export const CPS = coldOp((core, _x, imm) => {
  const s = core.state;
  if (!privileged(s)) return;
  const to = imm & 16 ? 1 : 0;
  if (imm & 2) s.primask = to;
  if (imm & 1 && (to === 0 || !inNmiOrHardFault(s))) s.faultmask = to;
  attention(core);
});

/** FAULTMASK cannot be set at priority -1 or above. */
const inNmiOrHardFault = (s: State): boolean => s.active[2] === 1 || s.active[3] === 1;

/** MRS by SYSm (ARMv7-M ARM B5.2.2). Unprivileged reads of the masks and stacks are 0. */
function readSpecial(s: State, sysm: number): number {
  if (sysm < 8) return (sysm & 1 ? s.ipsr : 0) | (sysm & 4 ? 0 : apsr(s));
  if (sysm === 20) return s.control;
  if (!privileged(s)) return 0;
  if (sysm === 8) return msp(s);
  if (sysm === 9) return psp(s);
  if (sysm === 10) return s.msplim;
  if (sysm === 11) return s.psplim;
  if (sysm === 16) return s.primask;
  if (sysm === 17 || sysm === 18) return s.basepri;
  return sysm === 19 ? s.faultmask : 0;
}

/** MRS. */
export const MRS = coldOp(({ state }, x, imm) => {
  state.r[x & 15] = readSpecial(state, imm) | 0;
});

function writeControl({ state: s, profile }: Core, value: number): void {
  const spsel = s.ipsr === 0 ? value & 2 : s.control & 2;
  switchStacks(s, () => {
    s.control = (value & controlMask(profile) & 5) | spsel;
  });
}

function writeMasks(core: Core, sysm: number, value: number): void {
  const s = core.state;
  if (sysm === 16) s.primask = value & 1;
  if (sysm === 20) writeControl(core, value);
  if (core.profile.faults === "v8") writeLimits(s, sysm, value);
  if (isMain(core.profile)) writeMainMasks(core, sysm, value);
}

/** MSPLIM and PSPLIM (ARMv8-M Mainline): multiples of eight. */
function writeLimits(s: State, sysm: number, value: number): void {
  if (sysm === 10) s.msplim = (value & ~7) >>> 0;
  if (sysm === 11) s.psplim = (value & ~7) >>> 0;
}

/** BASEPRI, BASEPRI_MAX and FAULTMASK: the Main Extension's. */
function writeMainMasks(core: Core, sysm: number, value: number): void {
  const s = core.state;
  const priority = value & priorityMask(core);
  if (sysm === 17) s.basepri = priority;
  if (sysm === 18 && priority !== 0 && (priority < s.basepri || s.basepri === 0)) s.basepri = priority;
  if (sysm === 19 && (!(value & 1) || !inNmiOrHardFault(s))) s.faultmask = value & 1;
}

/** MSR: SYSm in imm 7:0, mask (8 flags, 4 GE) in imm 11:8. */
export const MSR = coldOp((core, x, imm) => {
  const s = core.state;
  const value = s.r[(x >> 4) & 15];
  const sysm = imm & 0xff;
  if (sysm < 8 && !(sysm & 4)) {
    if (imm & 0x800) setFlags(s, value);
    if (imm & 0x400 && core.profile.dsp) setGe(s, value);
  }
  if (sysm < 8 || !privileged(s)) return;
  if (sysm === 8) setStackPointers(s, value, psp(s));
  if (sysm === 9) setStackPointers(s, msp(s), value);
  writeMasks(core, sysm, value);
  attention(core);
});
