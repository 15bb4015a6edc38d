import { load32, store } from "../access.ts";
import { attention, type Core } from "../core.ts";
import { CFSR, FAULT, usageFault } from "../system/faults.ts";
import { BUS_FAULT_EXCEPTION } from "../system/priorities.ts";
import { raiseFault } from "../system/raise.ts";
import { privileged } from "../system/special-registers.ts";
import type { State } from "../state.ts";

/** FPCCR: FP state is stacked automatically (ARMv7-M ARM B3.2.21). */
export const ASPEN = 0x80000000;
/** FPCCR: its stacking is put off until the FPU is used. */
export const LSPEN = 0x40000000;
/** FPCCR: a put-off save is due. */
export const LSPACT = 1;

/** CONTROL.FPCA: the current context has floating-point state. */
export const FPCA = 4;

/** Whether CPACR allows this code to use the FPU. */
function fpEnabled(s: State): boolean {
  const access = (s.cpacr >>> 20) & 3;
  return access === 3 || (access === 1 && privileged(s));
}

/** S0 to S15 and FPSCR to a frame's extension at `at`; throws `FAULT`. */
export function storeFpFrame(core: Core, at: number): void {
  const s = core.state;
  const elapsed = s.cycles - core.sliceStart;
  for (let n = 0; n < 16; n++) store(core, at + 4 * n, 4, s.s[n], elapsed);
  store(core, at + 64, 4, s.fpscr, elapsed);
}

/** S0 to S15 and FPSCR from a frame's extension at `at`; throws `FAULT`. */
export function loadFpFrame(core: Core, at: number): void {
  const s = core.state;
  for (let n = 0; n < 16; n++) s.s[n] = load32(core, at + 4 * n, 0);
  s.fpscr = load32(core, at + 64, 0);
}

/** The deferred half of lazy stacking: FP state goes to the frame that FPCAR remembers (PreserveFPState). */
function preserve(core: Core): void {
  const s = core.state;
  const { epoch } = core;
  s.fpccr = (s.fpccr & ~LSPACT) >>> 0;
  try {
    storeFpFrame(core, s.fpcar);
  } catch (thrown) {
    if (thrown !== FAULT || core.epoch !== epoch) throw thrown;
    raiseFault(core, BUS_FAULT_EXCEPTION, CFSR.LSPERR, -1);
  }
}

/** What every floating-point instruction does first: access check, lazy save, new context (ExecuteFPCheck). */
export function beginFp(core: Core): void {
  const s = core.state;
  if (!fpEnabled(s)) usageFault(core, CFSR.NOCP);
  if (s.fpccr & LSPACT) preserve(core);
  if (s.control & FPCA || !(s.fpccr & ASPEN)) return;
  s.control |= FPCA;
  s.fpscr = (s.fpscr & ~0x07c00000) | (s.fpdscr & 0x07c00000);
  attention(core);
}
