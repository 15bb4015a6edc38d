import type { Master } from "../core.ts";
import type { State } from "../state.ts";

/** SysTick's exception number. */
export const SYSTICK = 15;

const ENABLE = 1;
const TICKINT = 2;

/** Brings the counter to the current cycle: it counts down to 0, then reloads (ARMv7-M ARM B3.3). */
export function advanceSysTick(s: State): void {
  const elapsed = s.cycles - s.systAt;
  s.systAt = s.cycles;
  if (!(s.systCsr & ENABLE) || elapsed <= 0) return;
  const period = s.systRvr + 1;
  const toZero = s.systCvr === 0 ? (s.systRvr === 0 ? Number.POSITIVE_INFINITY : period) : s.systCvr;
  if (elapsed < toZero) {
    s.systCvr = s.systCvr === 0 ? (s.systRvr === 0 ? 0 : period - elapsed) : s.systCvr - elapsed;
    return;
  }
  const past = (elapsed - toZero) % period;
  s.systCvr = past === 0 ? 0 : period - past;
  s.systCountFlag = 1;
  if (s.systCsr & TICKINT) s.pending[SYSTICK] = 1;
}

/** Cycles until SysTick pends its exception, or Infinity. */
export function cyclesToTick(s: State): number {
  if ((s.systCsr & (ENABLE | TICKINT)) !== (ENABLE | TICKINT)) return Number.POSITIVE_INFINITY;
  if (s.systCvr === 0) return s.systRvr === 0 ? Number.POSITIVE_INFINITY : s.systRvr + 1 - (s.cycles - s.systAt);
  return s.systCvr - (s.cycles - s.systAt);
}

/**
 * SYST_CSR, RVR, CVR or CALIB at 0xE000E010 to 1C. The clock is always the core's, so CLKSOURCE reads 1 (unsure). COUNTFLAG
 * stays where a debugger reads it, whose MasterType is taken as 1 (ARMv7-M ARM B3.3.3).
 */
export function readSysTick(s: State, address: number, master: Master): number {
  advanceSysTick(s);
  if (address === 0xe000e014) return s.systRvr;
  if (address === 0xe000e018) return s.systCvr;
  if (address === 0xe000e01c) return 0xc0000000; // NOREF, SKEW, no TENMS (unsure)
  const flag = s.systCountFlag << 16;
  if (master === "core") s.systCountFlag = 0;
  return flag | 4 | s.systCsr;
}

/** Writes a SysTick register; any write to CVR clears it and COUNTFLAG. */
export function writeSysTick(s: State, address: number, value: number): void {
  advanceSysTick(s);
  if (address === 0xe000e010) s.systCsr = value & 3;
  if (address === 0xe000e014) s.systRvr = value & 0xffffff;
  if (address === 0xe000e018) {
    s.systCvr = 0;
    s.systCountFlag = 0;
  }
}
