import type { Core } from "../core.ts";
import type { AccessSize } from "../seam.ts";
import { MODE, type State } from "../state.ts";
import { forwardsDwt, sendPacket } from "./itm.ts";
import { sendTrace } from "./trace-port.ts";

/** DWT_CTRL (ARMv7-M ARM (DDI 0403E), C1.8.7). */
const CYCCNTENA = 1;
const CYCTAP = 1 << 9;
const PCSAMPLENA = 1 << 12;
const EXCTRCENA = 1 << 16;
const CYCEVTENA = 1 << 22;
const NOTRCPKT = 1 << 27;

/** SYNCTAP picks the bit of CYCCNT whose change sends a synchronisation. */
const SYNC_TAPS = [undefined, 24, 26, 28] as const;
const SYNCENA = 4;
const SYNC = [0, 0, 0, 0, 0, 0x80];

/** FUNCTIONn (C1.8.17): EMITRANGE, and what is compared is no plain address. */
const EMITRANGE = 1 << 5;
const NO_ADDRESS = (1 << 7) | (1 << 8);

/** What an exception did, in bits 13:12 of its packet (D4.3.2). */
export const TRACED = { enter: 1, exit: 2, return: 3 } as const;

const emits = ({ state, profile }: Core): boolean =>
  forwardsDwt(state) && (profile.dwt.control & NOTRCPKT) === 0 && profile.dwt.functions === "v7";

/** Cycles between two ticks of POSTCNT, which samples PC or reports the cycle counter. */
const period = ({ dwtCtrl }: State): number => (dwtCtrl & CYCTAP ? 1024 : 64) * (((dwtCtrl >>> 1) & 15) + 1);

const ticks = (core: Core): boolean =>
  (core.state.dwtCtrl & (PCSAMPLENA | CYCEVTENA)) !== 0 && (core.state.dwtCtrl & CYCCNTENA) !== 0 && emits(core);

/** How many cycles may pass before the DWT wants to look: no slice is longer. */
export function cyclesToSample(core: Core): number {
  if (!ticks(core)) return Number.POSITIVE_INFINITY;
  const { trace, state: s } = core;
  const left = trace.nextSample - s.cycles;
  // A counter that was just switched on, or came with another period, begins anew.
  if (left <= 0 || left > period(s)) trace.nextSample = s.cycles + period(s);
  return trace.nextSample - s.cycles;
}

/** Sends what is due at the end of a slice: a PC sample or a cycle event, and a synchronisation. */
export function advanceTrace(core: Core): void {
  const { state: s, trace } = core;
  if (!forwardsDwt(s)) return;
  if (s.itmTcr & SYNCENA) synchronise(core);
  if (!ticks(core) || s.cycles < trace.nextSample || trace.nextSample === 0) return;
  trace.nextSample = s.cycles + period(s);
  if (s.dwtCtrl & PCSAMPLENA) sendPacket(core, sample(s));
  else sendPacket(core, [0x05, 0x20]);
}

function sample(s: State): readonly number[] {
  return s.mode === MODE.sleeping ? [0x15, 0] : [0x17, ...bytesOf(s.r[15], 4)];
}

function synchronise(core: Core): void {
  const { state: s, trace } = core;
  const bit = SYNC_TAPS[(s.dwtCtrl >>> 10) & 3];
  if (bit === undefined || (s.dwtCtrl & CYCCNTENA) === 0) return;
  const tap = Math.floor((s.cyccnt + (s.cycles - s.cyccntAt)) / 2 ** bit) & 1;
  if (trace.syncTap !== -1 && tap !== trace.syncTap) sendTrace(core, SYNC);
  trace.syncTap = tap;
}

/** An exception was entered or left, or thread mode was returned to as number 0. */
export function traceException(core: Core, number: number, action: keyof typeof TRACED): void {
  if ((core.state.dwtCtrl & EXCTRCENA) === 0 || !emits(core)) return;
  sendPacket(core, [0x0e, ...bytesOf(number | (TRACED[action] << 12), 2)]);
}

/** What comparator `n` sends of an access: nothing, or some of PC, address and value (C1.8.17, table C1-14). */
function sends(s: State, n: number, write: boolean): { pc: boolean; address: boolean; value: boolean } | undefined {
  const word = s.dwtFunction[n];
  if (word & NO_ADDRESS) return undefined;
  const range = (word & EMITRANGE) !== 0;
  const kind = word & 15;
  const isOne = kind >= 12 && ((kind & 1) !== 0) === write;
  if (kind === 1) return { pc: !range, address: range, value: false };
  if (kind === 2) return { pc: false, address: range, value: true };
  if (kind === 3) return { pc: !range, address: range, value: true };
  if (!isOne) return undefined;
  return { pc: kind >= 14 && !range, address: range, value: kind >= 14 || !range };
}

/** Whether any comparator traces data, so that instructions are executed one by one. */
export function tracesData(core: Core): boolean {
  if (!emits(core)) return false;
  const s = core.state;
  for (let n = 0; n < s.dwtComp.length; n++) if (sends(s, n, true) || sends(s, n, false)) return true;
  return false;
}

/** Sends what the comparators want to have of an access. */
export function traceData(core: Core, address: number, size: AccessSize, write: boolean, value: number): void {
  if (!emits(core)) return;
  const s = core.state;
  for (let n = 0; n < s.dwtComp.length; n++) {
    const wanted = sends(s, n, write);
    const start = s.dwtComp[n] >>> 0;
    if (!wanted || address + size <= start || address >= start + 2 ** s.dwtMask[n]) continue;
    if (wanted.pc) sendPacket(core, [0x47 | (n << 4), ...bytesOf(core.trace.tracedPc, 4)]);
    if (wanted.address) sendPacket(core, [0x4e | (n << 4), ...bytesOf(address, 2)]);
    const code = size === 4 ? 3 : size;
    if (wanted.value) sendPacket(core, [0x84 | (n << 4) | (write ? 8 : 0) | code, ...bytesOf(value, size)]);
  }
}

const bytesOf = (value: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => (value >>> (8 * i)) & 0xff);
