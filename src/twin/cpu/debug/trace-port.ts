import type { Core } from "../core.ts";
import { MODE } from "../state.ts";

/** TPIU registers by their offset in its page (ARMv7-M ARM (DDI 0403E), C1.10; Cortex-M4 TRM, table 11-3). */
const CSPSR = 0x004;
const ACPR = 0x010;
const SPPR = 0x0f0;
const FFCR = 0x304;

/** SPPR: which protocol the pin speaks; anything else is the parallel port, which no probe here has. */
const PROTOCOLS = [undefined, "manchester", "uart"] as const;

/** FFCR.EnFCont. */
const FORMATS = 2;

/** ITM and TPIU hold so many bytes; what does not fit is lost, and an overflow packet says so (unsure). */
const FIFO = 32;

/** Room that a stimulus port wants to be ready: a word with its header, and the timestamps behind it. */
const READY_ROOM = 20;

/** Bytes of one source in a frame of sixteen. */
const FRAMED = 14;

/** A byte that leaves the SWO pin: how many core cycles a bit takes, and in which protocol. */
export interface TracedByte {
  readonly byte: number;
  readonly cyclesPerBit: number;
  readonly protocol: "uart" | "manchester";
}

/** The TPIU's registers and what stands before its pin. */
export class TracePort {
  /** CSPSR, ACPR, SPPR, FFCR: what a state file keeps. */
  readonly registers = Int32Array.of(1, 0, 1, 0x102);
  /** The cycle at which the last byte will have left. */
  busyUntil = 0;
  hasOverflowed = false;
  /** The cycle of the last local timestamp, and of the last global one with the bits from 26 on that it had. */
  stampedAt = 0;
  globalAt = Number.NEGATIVE_INFINITY;
  globalHigh = -1;
  /** The cycle of the next PC sample or cycle counter event, and CYCCNT's taps for synchronisation as last seen. */
  nextSample = 0;
  syncTap = -1;
  /** The instruction whose data accesses are traced. */
  tracedPc = 0;
  private frame: number[] = [];
  private frames = 0;

  /**
   * Puts a byte into the formatter; a frame comes out when it is full: the source's number, fourteen bytes, and the low
   * bits of the even ones (IHI 0029E, D4). A synchronisation comes before every sixteenth (unsure how often).
   */
  formatted(byte: number, id: number): readonly number[] {
    this.frame.push(byte);
    if (this.frame.length < FRAMED) return [];
    const out = [(id << 1) | 1, ...this.frame];
    this.frame = [];
    const isData = (i: number) => i > 0 && i % 2 === 0;
    const low = out.reduce((bits, value, i) => bits | (isData(i) ? (value & 1) << (i / 2) : 0), 0);
    const frame = [...out.map((value, i) => (isData(i) ? value & 0xfe : value)), low];
    return this.frames++ % 16 === 0 ? [...FULL_SYNC, ...frame] : frame;
  }
}

const FULL_SYNC = [0xff, 0xff, 0xff, 0x7f];

const OFFSETS = [CSPSR, ACPR, SPPR, FFCR];
const WRITABLE = [0xf, 0x1fff, 3, 0x102];

/** Whether the TPIU of this core's chip has a register at an offset of its page, for which the chip's page does not answer. */
export const isTracePort = (offset: number): boolean => OFFSETS.includes(offset & 0xffc);

/** Reads a register of the TPIU. */
export const readTracePort = (core: Core, offset: number): number =>
  core.trace.registers[OFFSETS.indexOf(offset & 0xffc)] >>> 0;

/** Writes one. */
export function writeTracePort(core: Core, offset: number, value: number): void {
  const n = OFFSETS.indexOf(offset & 0xffc);
  core.trace.registers[n] = value & WRITABLE[n];
}

/** Core cycles that one bit takes on the pin: two of Manchester's halves are one (unsure). */
function cyclesPerBit({ registers: [, acpr, sppr] }: TracePort): number {
  return (acpr + 1) * (sppr === 1 ? 2 : 1);
}

/** Bytes that wait for the pin. A halted core's cycles stand still, and the pin is quiet soon after. */
function waiting({ trace, state }: Core): number {
  if (state.mode === MODE.halted) trace.busyUntil = Math.min(trace.busyUntil, state.cycles);
  return Math.max(0, trace.busyUntil - state.cycles) / (cyclesPerBit(trace) * 10);
}

/** Whether a stimulus port can take a word. */
export const hasRoom = (core: Core): boolean => waiting(core) + READY_ROOM <= FIFO;

/** Sends a packet out of the pin, or loses it where there is no room; answers whether it went. */
export function sendTrace(core: Core, packet: readonly number[]): boolean {
  const { trace } = core;
  const bytes = trace.hasOverflowed ? [OVERFLOW, ...packet] : packet;
  if (waiting(core) + bytes.length > FIFO) {
    trace.hasOverflowed = true;
    return false;
  }
  trace.hasOverflowed = false;
  const perByte = cyclesPerBit(trace) * 10;
  trace.busyUntil = Math.max(trace.busyUntil, core.state.cycles) + bytes.length * perByte;
  for (const byte of bytes) leave(core, byte);
  return true;
}

const OVERFLOW = 0x70;

function leave(core: Core, byte: number): void {
  const { trace, hooks, state } = core;
  const protocol = PROTOCOLS[trace.registers[2]];
  if (!protocol || !hooks.traced) return;
  const isFramed = (trace.registers[3] & FORMATS) !== 0;
  // The source's number is TCR.TraceBusID.
  const out = isFramed ? trace.formatted(byte, (state.itmTcr >>> 16) & 0x7f) : [byte];
  for (const one of out) hooks.traced({ byte: one, cyclesPerBit: cyclesPerBit(trace), protocol });
}
