import type { u32 } from "../../base/u32.ts";
import type { LineRun } from "../probe.ts";
import { parityOf, takeBits } from "./swd-bits.ts";

/** Raw clocks with the probe driving, bit 0 of byte 0 first. */
export interface LineSequence {
  readonly bits: Uint8Array;
  readonly count: number;
}

/** Ones that reset the line; the standard wants 50 or more (ADIv5.2 (IHI 0031F), B4.3.3), whole bytes make it 56. */
const RESET = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

const sequence = (...bytes: readonly number[]): LineSequence => ({
  bits: Uint8Array.from(bytes),
  count: bytes.length * 8,
});

/** Line reset and idle clocks: after it a port in SWD mode answers a read of DPIDR and nothing else. */
export const LINE_RESET = sequence(...RESET, 0x00);

/** Switches a SWJ-DP from JTAG to SWD: line reset, 0xE79E, line reset, idle (ADIv5.2, B5.2.1). */
export const JTAG_TO_SWD = sequence(...RESET, 0x9e, 0xe7, ...RESET, 0x00);

/** Switches a SWJ-DP back to JTAG: line reset, 0xE73C, and ones that leave the TAP in its reset state (ADIv5.2, B5.2.2). */
export const SWD_TO_JTAG = sequence(...RESET, 0x3c, 0xe7, 0xff);

/** Wakes a port from dormant state; 16 bytes that no other traffic contains (ADIv5.2, B5.3.4). */
const SELECTION_ALERT = [
  ...[0x92, 0xf3, 0x09, 0x62, 0x95, 0x2d, 0x85, 0x86],
  ...[0xe9, 0xaf, 0xdd, 0xe3, 0xa2, 0x0e, 0xbc, 0x19],
];

/**
 * Switches a port from dormant state to SWD: ones, the selection alert, four idle clocks and the activation code 0x1A,
 * then a line reset (ADIv5.2, B5.3.4). Ports that are not dormant see a line reset.
 */
export const DORMANT_TO_SWD = sequence(0xff, ...SELECTION_ALERT, 0xa0, 0xf1, ...RESET, 0xff, 0x00);

/** Request of a write of DP register 0xC. */
const TARGETSEL_REQUEST = 0x99;
/** Turnaround, three clocks in which no port drives an acknowledge, turnaround. */
const NO_ACKNOWLEDGE = 5;

/**
 * A write of TARGETSEL: legal only behind a line reset, acknowledged by no port (ADIv5.2, B4.3.4). The port that it names
 * answers a read of DPIDR next; all others are silent until the next line reset.
 */
export const targetselRuns = (value: u32): readonly LineRun[] => [
  { count: 8, drive: Uint8Array.of(TARGETSEL_REQUEST) },
  { count: NO_ACKNOWLEDGE },
  { count: 33, drive: Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24, parityOf(value)) },
];

/** The word of the last write of TARGETSEL that begins one of the runs; undefined where none does. */
export function targetselIn(runs: readonly LineRun[]): u32 | undefined {
  for (let at = runs.length - 3; at >= 0; at--) {
    const [request, pause, data] = runs.slice(at, at + 3);
    if (request.count !== 8 || request.drive?.[0] !== TARGETSEL_REQUEST) continue;
    if (!pause.drive && pause.count === NO_ACKNOWLEDGE && data.drive && data.count >= 33) {
      return takeBits(data.drive, 0, 32);
    }
  }
  return undefined;
}
