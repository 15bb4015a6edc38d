import { attention, type Core } from "../core.ts";
import { debugEnabled } from "../debug/debug.ts";
import { activeCount, highestPending, NMI, PEND_SV } from "./priorities.ts";
import { MODE, type State } from "../state.ts";
import { isMain } from "../profiles/profile.ts";
import { SYSTICK } from "./systick.ts";

const VECTKEY = 0x05fa;

/** SHCSR's status bits 0 to 15: which array, which exception (ARMv7-M ARM B3.2.13). */
const HANDLER_BITS = [
  { bit: 0, flags: "active", exception: 4 },
  { bit: 1, flags: "active", exception: 5 },
  { bit: 3, flags: "active", exception: 6 },
  { bit: 7, flags: "active", exception: 11 },
  { bit: 8, flags: "active", exception: 12 },
  { bit: 10, flags: "active", exception: PEND_SV },
  { bit: 11, flags: "active", exception: SYSTICK },
  { bit: 12, flags: "pending", exception: 6 },
  { bit: 13, flags: "pending", exception: 4 },
  { bit: 14, flags: "pending", exception: 5 },
  { bit: 15, flags: "pending", exception: 11 },
] as const;

const externalPending = (s: State): boolean => s.pending.includes(1, 16);

/** ICSR: what pends, what is active (ARMv7-M ARM B3.2.4); RETTOBASE is the Main Extension's. */
export function readIcsr({ state: s, profile }: Core): number {
  const pends = (s.pending[NMI] << 31) | (s.pending[PEND_SV] << 28) | (s.pending[SYSTICK] << 26);
  const returnsToBase = isMain(profile) && activeCount(s) <= 1 ? 1 << 11 : 0;
  const waiting = (externalPending(s) ? 1 << 22 : 0) | (highestPending(s) << 12);
  return (pends | waiting | returnsToBase | s.ipsr) >>> 0;
}

/** ICSR's set and clear bits; a set wins over a clear in the same write (unsure: the manual says unpredictable). */
export function writeIcsr(s: State, value: number): void {
  if (value & (1 << 27)) s.pending[PEND_SV] = 0;
  if (value & (1 << 25)) s.pending[SYSTICK] = 0;
  if (value >>> 31) s.pending[NMI] = 1;
  if (value & (1 << 28)) s.pending[PEND_SV] = 1;
  if (value & (1 << 26)) s.pending[SYSTICK] = 1;
}

/** AIRCR as it reads: the inverted key, little endian, PRIGROUP. */
export const readAircr = (s: State): number => (0xfa050000 | (s.prigroup << 8)) >>> 0;

/** VECTCLRACTIVE, in debug state only: forgets every active exception, faults' status included. */
function clearActive(s: State): void {
  s.active.fill(0);
  s.ipsr = 0;
}

/** AIRCR with its key: PRIGROUP (Main Extension), resets (VECTRESET: ARMv7-M), VECTCLRACTIVE (ARMv7-M ARM B3.2.6). */
export function writeAircr(core: Core, value: number): void {
  const s = core.state;
  if (value >>> 16 !== VECTKEY) return;
  if (isMain(core.profile)) s.prigroup = (value >>> 8) & 7;
  if (value & 2 && s.mode === MODE.halted && debugEnabled(s)) clearActive(s);
  attention(core);
  if (value & 4) core.hooks.resetRequested("system");
  else if (value & 1 && core.profile.architecture === "v7-M") core.hooks.resetRequested("core");
}

/** SHCSR: enables in 18:16, pended and active flags below. */
export function readShcsr(s: State): number {
  return HANDLER_BITS.reduce(
    (value, { bit, flags, exception }) => value | (s[flags][exception] << bit),
    s.shcsrEnables,
  );
}

/** Writes SHCSR, the flags included: an operating system may switch context inside a fault handler with it. */
export function writeShcsr(s: State, value: number): void {
  s.shcsrEnables = value & 0x70000;
  for (const { bit, flags, exception } of HANDLER_BITS) s[flags][exception] = (value >>> bit) & 1;
}

/** STIR: pends an external interrupt by number. */
export function writeStir(s: State, value: number): void {
  const exception = 16 + (value & 0x1ff);
  if (exception < s.pending.length) s.pending[exception] = 1;
}

/** HFSR's bits: VECTTBL 1, FORCED 30, DEBUGEVT 31. */
export const HFSR_MASK = 0xc0000002;

/** SHCSR without the Main Extension: SVCALLPENDED (ARMv6-M ARM B3.2.11). */
export const SHCSR_V6 = 0x8000;

/** CFSR's implemented bits: MemManage 0xBB, BusFault 0xBF, UsageFault 0x30F (ARMv7-M ARM B3.2.15). */
export const CFSR_MASK = 0x030fbfbb;
