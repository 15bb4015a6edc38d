import type { Core } from "../core.ts";
import type { AccessSize } from "../seam.ts";
import type { State } from "../state.ts";
import { TRCENA } from "./debug.ts";
import { hasRoom, sendTrace } from "./trace-port.ts";

const UNLOCK_KEY = 0xc5acce55;

/** TCR (ARMv7-M ARM (DDI 0403E), C1.7.6). */
const ITMENA = 1;
const TSENA = 2;
const TXENA = 8;

/** Local timestamps count one of so many cycles, by TCR.TSPrescale. */
const PRESCALES = [1, 4, 16, 64] as const;
/** Cycles between global timestamps, by TCR.GTSFREQ: none, about 128, about 8192, behind each packet. */
const GLOBAL_EVERY = [undefined, 128, 8192, 0] as const;

const isOn = ({ demcr, itmTcr }: State): boolean => (demcr & TRCENA) !== 0 && (itmTcr & ITMENA) !== 0;

/** Whether packets of the DWT go out. */
export const forwardsDwt = (s: State): boolean => isOn(s) && (s.itmTcr & TXENA) !== 0;

/** Reads an ITM register. A stimulus port is ready while there is room. */
export function readItm(core: Core, address: number): number {
  const s = core.state;
  const offset = address - 0xe0000000;
  if (offset < 0x80) return s.itmTcr & ITMENA && hasRoom(core) ? 1 : 0;
  if (offset === 0xe00) return s.itmTer;
  if (offset === 0xe40) return s.itmTpr;
  if (offset === 0xe80) return s.itmTcr;
  return offset === 0xfb4 ? (s.itmUnlocked ? 1 : 3) : 0;
}

/** Writes an ITM register: LAR unlocks with C5ACCE55, and the control registers obey only then. */
export function writeItm(s: State, address: number, value: number): void {
  const offset = address - 0xe0000000;
  if (offset === 0xfb0) s.itmUnlocked = value >>> 0 === UNLOCK_KEY ? 1 : 0;
  if (!s.itmUnlocked) return;
  if (offset === 0xe00) s.itmTer = value >>> 0;
  if (offset === 0xe40) s.itmTpr = value & 15;
  if (offset === 0xe80) s.itmTcr = value & 0x007f0f1f;
}

/** Whether an address is a stimulus port's, where the width of a write is the packet's. */
export const isStimulus = (address: number): boolean => address >= 0xe0000000 && address < 0xe0000080;

/** A write to a stimulus port is a packet of its width, where the port is enabled. */
export function writeStimulus(core: Core, address: number, size: AccessSize, value: number): void {
  const s = core.state;
  const port = (address - 0xe0000000) >> 2;
  if (!isOn(s) || ((s.itmTer >>> port) & 1) === 0) return;
  const bytes = Array.from({ length: size }, (_, i) => (value >>> (8 * i)) & 0xff);
  sendPacket(core, [(port << 3) | (size === 4 ? 3 : size), ...bytes]);
}

/** A packet, and the timestamps that follow it. */
export function sendPacket(core: Core, packet: readonly number[]): void {
  if (!sendTrace(core, packet)) return;
  if (core.state.itmTcr & TSENA) sendLocalTime(core);
  sendGlobalTime(core);
}

/** The time since the last one: in one byte up to 6, else in groups of seven bits (D4.2.4). */
function sendLocalTime(core: Core): void {
  const { state: s, trace } = core;
  const prescale = PRESCALES[(s.itmTcr >>> 8) & 3];
  const ticks = Math.floor((s.cycles - trace.stampedAt) / prescale);
  trace.stampedAt = s.cycles;
  if (ticks >= 1 && ticks <= 6) sendTrace(core, [ticks << 4]);
  else sendTrace(core, [0xc0, ...sevens(ticks % 0x10000000)]);
}

/** The low 26 bits, and those above where they have changed. */
function sendGlobalTime(core: Core): void {
  const { state: s, trace } = core;
  const every = GLOBAL_EVERY[(s.itmTcr >>> 10) & 3];
  if (every === undefined || s.cycles - trace.globalAt < every) return;
  const high = Math.floor(s.cycles / 0x4000000);
  const low = s.cycles % 0x4000000;
  const wrap = high === trace.globalHigh ? 0 : 0x40;
  const bytes = [low & 0x7f, (low >>> 7) & 0x7f, (low >>> 14) & 0x7f].map((byte) => byte | 0x80);
  if (!sendTrace(core, [0x94, ...bytes, ((low >>> 21) & 0x1f) | wrap])) return;
  trace.globalAt = s.cycles;
  if (wrap && sendTrace(core, [0xb4, ...sevens(high)])) trace.globalHigh = high;
}

function sevens(value: number): readonly number[] {
  const low = value % 128;
  const rest = Math.floor(value / 128);
  return rest === 0 ? [low] : [low | 0x80, ...sevens(rest)];
}
