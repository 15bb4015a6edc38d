import { attention, type Core } from "../core.ts";
import { debugEnabled, TRCENA } from "./debug.ts";
import { DWT_COMPARATORS, type State } from "../state.ts";

/** Four comparators, every optional counter present but not counting (Cortex-M4 TRM 9.3). */
const DWT_CTRL_FIXED = 0x40000000;
const CYCCNTENA = 1;

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

/** Reads a DWT register (0xE0001000 to 5C); FUNCTIONn.MATCHED is cleared by that. */
export function readDwt(s: State, address: number): number {
  const offset = address - 0xe0001000;
  const n = (offset - 0x20) >> 4;
  advanceCyccnt(s);
  if (offset === 0) return (DWT_CTRL_FIXED | s.dwtCtrl) >>> 0;
  if (offset === 4) return s.cyccnt;
  if (offset === 0x1c) return s.r[15] >>> 0;
  return n >= 0 && n < DWT_COMPARATORS ? readComparator(s, n, offset & 15) : 0;
}

function writeComparator(s: State, n: number, offset: number, value: number): void {
  if (offset === 0) s.dwtComp[n] = value;
  if (offset === 4) s.dwtMask[n] = value & 0x1f;
  if (offset === 8) s.dwtFunction[n] = value & 0x000ffdaf;
}

/** Writes a DWT register; a comparator that changes makes decoded instructions and open memory windows stale. */
export function writeDwt(core: Core, address: number, value: number): void {
  const s = core.state;
  const offset = address - 0xe0001000;
  const n = (offset - 0x20) >> 4;
  advanceCyccnt(s);
  if (offset === 0) s.dwtCtrl = value & 0x007f1fff;
  else if (offset === 4) s.cyccnt = value >>> 0;
  else if (n >= 0 && n < DWT_COMPARATORS) writeComparator(s, n, offset & 15, value);
  core.decodeEpoch++;
  attention(core);
}

/** FUNCTION values 5, 6 and 7 watch reads, writes and both; the others (PC, CYCCNT, value matches) are not modelled. */
const watches = (s: State, n: number, write: boolean): boolean =>
  (s.dwtFunction[n] & 0xf) >= 5 && (s.dwtFunction[n] & 0xf) <= 7 && (s.dwtFunction[n] & (write ? 2 : 1)) !== 0;

/** Whether any comparator watches data, so that no access may be taken past `watch`. */
export function watchesData(s: State): boolean {
  if (!(s.demcr & TRCENA)) return false;
  for (let n = 0; n < DWT_COMPARATORS; n++) if (watches(s, n, false) || watches(s, n, true)) return true;
  return false;
}

/** Compares one data access with the comparators; a match halts after the instruction (ARMv7-M ARM C1.8.1). */
export function watch(core: Core, address: number, size: number, write: boolean): void {
  const s = core.state;
  for (let n = 0; n < DWT_COMPARATORS; n++) {
    const span = 2 ** s.dwtMask[n];
    const start = s.dwtComp[n] >>> 0;
    if (!watches(s, n, write) || address + size <= start || address >= start + span) continue;
    s.dwtMatched[n] = 1;
    core.watchHit ||= debugEnabled(s);
    attention(core);
  }
}
