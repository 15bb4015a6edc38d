import { load32, store } from "../access.ts";
import type { Core } from "../core.ts";
import { DFSR_VCATCH, debugEnabled, halt } from "../debug/debug.ts";
import { traceException } from "../debug/dwt-trace.ts";
import { CFSR, FAULT, usageFault } from "./faults.ts";
import { ASPEN, FPCA, LSPACT, LSPEN, loadFpFrame, storeFpFrame } from "../float/fp-context.ts";
import { fetchVector } from "../memories.ts";
import {
  activeCount,
  BUS_FAULT_EXCEPTION,
  exceptionEnabled,
  executionPriority,
  groupPriority,
  HARD_FAULT,
  MEM_MANAGE,
  NMI,
  preempting,
  priorityOf,
  USAGE_FAULT,
} from "./priorities.ts";
import { isV8 } from "../profiles/profile.ts";
import { lockUp, raiseFault } from "./raise.ts";
import {
  privileged,
  psp,
  setStackPointers,
  setXpsr,
  stackLimit,
  switchStacks,
  usesPsp,
  xpsr,
  msp,
} from "./special-registers.ts";
import type { State } from "../state.ts";
import { sleep } from "../ops/ops-system.ts";

const STKALIGN = 0x200;
const NONBASETHRDENA = 1;
const SLEEPONEXIT = 2;
const VECTTBL = 2;
const BASIC_FRAME = 0x20;
const FP_FRAME = 0x68;

/** Cycles of stacking and vector fetch, of unstacking, and of a tail chain (Cortex-M4 TRM 3.9; approximate). */
const ENTRY_CYCLES = 12;
const RETURN_CYCLES = 10;
const CHAIN_CYCLES = 6;

/** EXC_RETURN's bits 3:2: return to handler, to thread on MSP, on PSP. Bit 4 clear: the frame has FP state. */
const TO_HANDLER = 0;
const TO_THREAD_MSP = 8;
const TO_THREAD_PSP = 0xc;
const KIND = 0xc;
const NO_FP = 0x10;

/**
 * EXC_RETURN's low byte aside from these bits: 1 in bit 0, and on ARMv8-M S and ES (bits 6 and 0) clear where there is no
 * Security Extension (ARMv8-M ARM, B3.18); a core that is always Secure has ARMv7-M's values.
 */
const fixedBits = ({ profile }: Core): number => (isV8(profile) && profile.security === "absent" ? 0xa0 : 0xe1);

/** Remembers for the lazy save which handlers were ready to take its fault (UpdateFPCCR). */
function openLazyFrame(s: State, frame: number): void {
  const ready = (exception: number): boolean =>
    groupPriority(s, priorityOf(s, exception)) < executionPriority(s) && exceptionEnabled(s, exception);
  const bits =
    (privileged(s) ? 0 : 2) |
    (s.ipsr === 0 ? 8 : 0) |
    (executionPriority(s) > -1 ? 0x10 : 0) |
    (ready(MEM_MANAGE) ? 0x20 : 0) |
    (ready(BUS_FAULT_EXCEPTION) ? 0x40 : 0);
  s.fpcar = ((frame + BASIC_FRAME) & ~7) >>> 0;
  s.fpccr = ((s.fpccr & (ASPEN | LSPEN)) | bits | LSPACT) >>> 0;
}

/** Below the stack's limit nothing is pushed: SP becomes the limit, and a UsageFault pends (ARMv8-M ARM, B3.21). */
function limitFrame(core: Core, frame: number): void {
  const s = core.state;
  if (frame >>> 0 >= stackLimit(s)) return;
  s.r[13] = stackLimit(s);
  usageFault(core, CFSR.STKOF);
}

/** Pushes the frame (PushStack); throws `FAULT` with SP already moved. */
function pushFrame(core: Core): void {
  const s = core.state;
  const withFp = (s.control & FPCA) !== 0;
  const aligns = withFp || (s.ccr & STKALIGN) !== 0;
  const sp = s.r[13];
  const adjusted = aligns ? (sp >> 2) & 1 : 0;
  const frame = (sp - (withFp ? FP_FRAME : BASIC_FRAME)) & (aligns ? ~4 : ~0);
  const words = [s.r[0], s.r[1], s.r[2], s.r[3], s.r[12], s.r[14], s.r[15], xpsr(s) | (adjusted << 9)];
  limitFrame(core, frame);
  s.r[13] = frame;
  for (let k = 0; k < words.length; k++) store(core, frame + 4 * k, 4, words[k], 0);
  if (withFp && s.fpccr & LSPEN) openLazyFrame(s, frame);
  else if (withFp) storeFpFrame(core, frame + BASIC_FRAME);
}

/** The EXC_RETURN byte that leads back to what runs now. */
function linkFor(core: Core): number {
  const s = core.state;
  const kind = s.ipsr !== 0 ? TO_HANDLER : usesPsp(s) ? TO_THREAD_PSP : TO_THREAD_MSP;
  return fixedBits(core) | kind | (s.control & FPCA ? 0 : NO_FP);
}

/** Whether a derived exception is taken before the one being entered: ARMv8-M lets the lower number win a tie. */
function comesFirst({ state: s, profile }: Core, derived: number, exception: number): boolean {
  const difference = priorityOf(s, derived) - priorityOf(s, exception);
  return difference < 0 || (difference === 0 && isV8(profile) && derived < exception);
}

/** Pushes the frame; a fault in that may change which exception is taken (DerivedLateArrival). */
function stack(core: Core, exception: number): readonly [exception: number, link: number] {
  const s = core.state;
  const { epoch } = core;
  const link = linkFor(core);
  try {
    pushFrame(core);
    return [exception, link];
  } catch (thrown) {
    if (thrown !== FAULT || core.epoch !== epoch) throw thrown;
  }
  if (core.faultStatus === CFSR.STKOF) raiseFault(core, USAGE_FAULT, CFSR.STKOF, -1);
  else raiseFault(core, BUS_FAULT_EXCEPTION, CFSR.STKERR, -1);
  const derived = preempting(s);
  return [derived !== 0 && comesFirst(core, derived, exception) ? derived : exception, link];
}

/** Starts a handler with everything stacked (ExceptionTaken). Vector fetch errors become HardFault, or lockup. */
function takeVector(core: Core, exception: number, link: number): void {
  const s = core.state;
  const { epoch } = core;
  const vector = fetchVector(core, (s.vtor + 4 * exception) >>> 0);
  if (core.epoch !== epoch) return;
  if (vector < 0) {
    missingVector(core, exception, link);
    return;
  }
  switchStacks(s, () => {
    s.ipsr = exception;
    s.control &= ~(2 | FPCA);
  });
  s.r[14] = 0xffffff00 | link | 0;
  s.r[15] = vector & ~1;
  s.thumb = vector & 1;
  s.it = 0;
  s.pending[exception] = 0;
  s.active[exception] = 1;
  s.exclusive = 0;
  s.eventRegister = 1;
  traceException(core, exception, "enter");
  catchVector(core, exception);
}

function missingVector(core: Core, exception: number, link: number): void {
  const s = core.state;
  s.hfsr |= VECTTBL;
  if (exception === HARD_FAULT || exception === NMI) lockUp(core);
  else takeVector(core, HARD_FAULT, link);
}

/** DEMCR's vector catches: halts before the handler's first instruction. */
function catchVector(core: Core, exception: number): void {
  if (exception > USAGE_FAULT) return;
  const caught = core.catches & core.state.demcr;
  core.catches = 0;
  if (caught && debugEnabled(core.state)) halt(core, DFSR_VCATCH);
}

/** Takes a pending exception: stacks, and starts its handler. */
export function enterException(core: Core, exception: number): void {
  const s = core.state;
  core.sliceStart = s.cycles;
  const [taken, link] = stack(core, exception);
  s.cycles += ENTRY_CYCLES;
  takeVector(core, taken, link);
}

/** Whether an EXC_RETURN fits what is active (ARMv7-M ARM B1.5.8). */
function returnAllowed(core: Core, link: number): boolean {
  const s = core.state;
  const kind = link & KIND;
  const nested = activeCount(s);
  if ((link & ~(KIND | NO_FP)) !== fixedBits(core)) return false;
  if (s.active[s.ipsr] === 0) return false;
  if (kind === TO_HANDLER) return nested > 1;
  return (kind === TO_THREAD_MSP || kind === TO_THREAD_PSP) && (nested === 1 || (s.ccr & NONBASETHRDENA) !== 0);
}

/** Ends the active exception; a line still high makes it pend again. */
function deactivate(s: State, exception: number): void {
  s.active[exception] = 0;
  if (exception !== NMI) s.faultmask = 0;
  if (s.asserted[exception]) s.pending[exception] = 1;
}

/** Pops the frame that an EXC_RETURN names (PopStack); throws `FAULT`. */
function popFrame(core: Core, link: number): void {
  const s = core.state;
  const withFp = (link & 0x10) === 0;
  const onPsp = (link & 4) !== 0;
  const frame = onPsp ? psp(s) : msp(s);
  const words = Array.from({ length: 8 }, (_, k) => load32(core, frame + 4 * k, 0));
  if (withFp && s.fpccr & LSPACT) s.fpccr = (s.fpccr & ~LSPACT) >>> 0;
  else if (withFp) loadFpFrame(core, frame + BASIC_FRAME);
  const after = (frame + (withFp ? FP_FRAME : BASIC_FRAME)) | 0;
  const aligned = words[7] & 0x200 && (withFp || s.ccr & STKALIGN) ? after | 4 : after;
  const [main, process] = onPsp ? [msp(s), aligned] : [aligned, psp(s)];
  setXpsr(core, words[7]);
  if ((link & KIND) === TO_HANDLER) s.control &= ~FPCA;
  else s.control = (s.control & ~(2 | FPCA)) | (onPsp ? 2 : 0);
  if (withFp) s.control |= FPCA;
  setStackPointers(s, main, process);
  s.r.set(words.slice(0, 4));
  s.r[12] = words[4];
  s.r[14] = words[5];
  s.r[15] = words[6] & ~1;
}

/** Raises a fault of the return itself and takes it at once, on the frame that is still stacked. */
function chainFault(core: Core, exception: number, status: number, link: number): void {
  raiseFault(core, exception, status, -1);
  const next = preempting(core.state);
  if (next !== 0) takeVector(core, next, link);
}

/** Whether the mode that a popped xPSR names is the one of EXC_RETURN. */
const modeFits = (s: State, link: number): boolean => (s.ipsr !== 0) === ((link & KIND) === TO_HANDLER);

function unstack(core: Core, link: number): void {
  const s = core.state;
  const { epoch } = core;
  try {
    popFrame(core, link);
  } catch (thrown) {
    if (thrown !== FAULT || core.epoch !== epoch) throw thrown;
    chainFault(core, BUS_FAULT_EXCEPTION, CFSR.UNSTKERR, link);
    return;
  }
  if (!modeFits(s, link)) {
    // The frame is popped already; the fault stacks again.
    raiseFault(core, USAGE_FAULT, CFSR.INVPC, -1);
    return;
  }
  s.exclusive = 0;
  s.eventRegister = 1;
  traceException(core, s.ipsr, "return");
  if (s.ipsr === 0 && s.scr & SLEEPONEXIT) sleep(core);
}

/** Returns from an exception by `Core.exceptionReturn` (ExceptionReturn), or chains to the next one that pends. */
export function returnFromException(core: Core): void {
  const s = core.state;
  const link = core.exceptionReturn & 0xff;
  const allowed = returnAllowed(core, link);
  core.exceptionReturn = 0;
  core.sliceStart = s.cycles;
  traceException(core, s.ipsr, "exit");
  deactivate(s, s.ipsr);
  if (!allowed) {
    chainFault(core, USAGE_FAULT, CFSR.INVPC, link);
    return;
  }
  const next = preempting(s);
  s.cycles += next ? CHAIN_CYCLES : RETURN_CYCLES;
  if (next) takeVector(core, next, link);
  else unstack(core, link);
}
