import { MICROSECOND, MILLISECOND, type Picoseconds } from "../../base/clock.ts";

/** How fast a probe and its USB connection are (the project's time model, a test pins the table). */
export interface UsbTiming {
  /** From the end of a probe's work to the first byte of its answer. */
  readonly turnaroundPs: Picoseconds;
  readonly bytesPerMs: number;
  /** Whether receiving, clocking and sending overlap. */
  readonly overlap: boolean;
  readonly packetSize: number;
}

/** The J-Links of the time model: V9 on full speed, and a high-speed one. */
export const USB_TIMINGS = {
  jlink: { turnaroundPs: MILLISECOND, bytesPerMs: 1_216, overlap: false, packetSize: 64 },
  "jlink-hs": { turnaroundPs: 250 * MICROSECOND, bytesPerMs: 40_000, overlap: true, packetSize: 512 },
} as const satisfies Record<string, UsbTiming>;

/** When the bytes of one direction move, one transfer after the other. */
export class UsbPipeline {
  private freeAt: Picoseconds = 0;
  private readonly bytesPerMs: number;

  constructor(timing: UsbTiming) {
    this.bytesPerMs = timing.bytesPerMs;
  }

  /** Nothing moves before `at`. */
  hold(at: Picoseconds): void {
    this.freeAt = Math.max(this.freeAt, at);
  }

  /** When the last of `count` bytes has moved that may start at `from`. */
  move(count: number, from: Picoseconds): Picoseconds {
    this.freeAt = Math.max(this.freeAt, from) + Math.ceil((count * MILLISECOND) / this.bytesPerMs);
    return this.freeAt;
  }
}
