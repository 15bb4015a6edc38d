import type { Core } from "../core.ts";
import type { TracePort } from "./tpiu.ts";
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
