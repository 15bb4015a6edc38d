import { attention, type Core } from "../core.ts";
import { debugEnabled, TRCENA } from "./debug.ts";
import type { CpuProfile } from "../profiles/profile.ts";
import type { State } from "../state.ts";

const CYCCNTENA = 1;
const NOCYCCNT = 1 << 25;

const counting = (s: State): boolean => (s.dwtCtrl & CYCCNTENA) !== 0 && (s.demcr & TRCENA) !== 0;

/** Brings CYCCNT to the current cycle. Call before anything that starts or stops it. */
export function advanceCyccnt(s: State): void {
  if (counting(s)) s.cyccnt = (s.cyccnt + (s.cycles - s.cyccntAt)) % 0x100000000;
  s.cyccntAt = s.cycles;
}

function readComparator(s: State, n: number, offset: number): number {
  if (offset === 0) return s.dwtComp[n] >>> 0;
  if (offset === 4) return s.dwtMask[n];
  if (offset !== 8) return 0;
  const matched = s.dwtMatched[n] << 24;
  s.dwtMatched[n] = 0;
  return (s.dwtFunction[n] | matched) >>> 0;
}

/** DWT_CTRL's writable bits: none without counters (ARMv6-M: no such register bits at all). */
const controlMask = ({ architecture, dwt }: CpuProfile): number =>
  architecture === "v6-M" || dwt.control & NOCYCCNT ? 0 : 0x007f1fff;

/** Reads a DWT register (0xE0001000 to 5C); FUNCTIONn.MATCHED is cleared by that. */
export function readDwt({ state: s, profile }: Core, address: number): number {
  const offset = address - 0xe0001000;
  const n = (offset - 0x20) >> 4;
  advanceCyccnt(s);
  if (offset === 0) return (profile.dwt.control | s.dwtCtrl) >>> 0;
  if (offset === 4) return controlMask(profile) ? s.cyccnt : 0;
  if (offset === 0x1c) return s.r[15] >>> 0;
  return n >= 0 && n < s.dwtComp.length ? readComparator(s, n, offset & 15) | functionId(profile, offset) : 0;
}

/** ARMv8-M's FUNCTIONn.ID, 31:27: the comparator knows addresses of instructions and data, with limits and values. */
const functionId = ({ dwt }: CpuProfile, offset: number): number =>
  dwt.functions === "v8" && (offset & 15) === 8 ? 0x58000000 : 0;

/** FUNCTIONn's bits: ARMv7-M C1.8.17; ARMv8-M MATCH 3:0, ACTION 5:4, DATAVSIZE 11:10. */
const functionMask = ({ dwt }: CpuProfile): number => (dwt.functions === "v8" ? 0xc3f : 0x000ffdaf);

function writeComparator({ state: s, profile }: Core, n: number, offset: number, value: number): void {
  if (offset === 0) s.dwtComp[n] = value;
  if (offset === 4 && profile.dwt.functions === "v7") s.dwtMask[n] = value & 0x1f;
  if (offset === 8) s.dwtFunction[n] = value & functionMask(profile);
}

/** Writes a DWT register; a comparator that changes makes decoded instructions and open memory windows stale. */
export function writeDwt(core: Core, address: number, value: number): void {
  const s = core.state;
  const offset = address - 0xe0001000;
  const n = (offset - 0x20) >> 4;
  advanceCyccnt(s);
  if (offset === 0) s.dwtCtrl = value & controlMask(core.profile);
  else if (offset === 4) s.cyccnt = value >>> 0;
  else if (n >= 0 && n < s.dwtComp.length) writeComparator(core, n, offset & 15, value);
  core.decodeEpoch++;
  attention(core);
}

/** ARMv7-M: FUNCTION values 5, 6 and 7 watch reads, writes and both; PC, CYCCNT and value matches are not modelled. */
const watchesV7 = (value: number, write: boolean): boolean =>
  (value & 0xf) >= 5 && (value & 0xf) <= 7 && (value & (write ? 2 : 1)) !== 0;

/** ARMv8-M: MATCH 4, 5 and 6 watch both, writes and reads; ACTION 1 makes a debug event of it. Limits are not modelled. */
const watchesV8 = (value: number, write: boolean): boolean =>
  (value & 0x30) === 0x10 && ((value & 0xf) === 4 || (value & 0xf) === (write ? 5 : 6));

const watches = ({ state, profile }: Core, n: number, write: boolean): boolean =>
  (profile.dwt.functions === "v8" ? watchesV8 : watchesV7)(state.dwtFunction[n], write);

/** How many bytes comparator `n` covers: MASK's power of two, or ARMv8-M's DATAVSIZE. */
const spanOf = ({ state: s, profile }: Core, n: number): number =>
  2 ** (profile.dwt.functions === "v8" ? (s.dwtFunction[n] >>> 10) & 3 : s.dwtMask[n]);

/** Whether any comparator watches data, so that no access may be taken past `watch`. */
export function watchesData(core: Core): boolean {
  const { demcr, dwtComp } = core.state;
  if (!(demcr & TRCENA)) return false;
  for (let n = 0; n < dwtComp.length; n++) if (watches(core, n, false) || watches(core, n, true)) return true;
  return false;
}

/** Compares one data access with the comparators; a match halts after the instruction (ARMv7-M ARM C1.8.1). */
export function watch(core: Core, address: number, size: number, write: boolean): void {
  const s = core.state;
  for (let n = 0; n < s.dwtComp.length; n++) {
    const span = spanOf(core, n);
    const start = s.dwtComp[n] >>> 0;
    if (!watches(core, n, write) || address + size <= start || address >= start + span) continue;
    s.dwtMatched[n] = 1;
    core.watchHit ||= debugEnabled(s);
    attention(core);
  }
}
