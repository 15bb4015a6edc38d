import type { Picoseconds } from "../../base/clock.ts";
import type { SwoByte } from "../chip/seam.ts";
import type { TargetWire } from "./probe-model.ts";

/** A UART receiver understands a sender that is off by so much (CMSIS-DAP and OpenOCD want 3 percent). */
const TOLERANCE = 0.03;

/** A probe's receiver for the SWO pin: a UART with a buffer. */
export class SwoReceiver {
  private readonly wire: TargetWire;
  private bytes: number[] = [];
  private hz = 0;
  private size = 0;
  /** Bytes were lost because the buffer was full, since this was asked for last. */
  private overran = false;
  /** A byte came at another speed or in another protocol. */
  private misread = false;

  constructor(wire: TargetWire) {
    this.wire = wire;
  }

  /** Whether it listens. */
  get isOn(): boolean {
    return this.size > 0;
  }

  /** Bytes that wait to be fetched. */
  get count(): number {
    return this.bytes.length;
  }

  /** Begins with an empty buffer of so many bytes. */
  start(hz: number, size: number): void {
    this.bytes = [];
    this.hz = hz;
    this.size = size;
    this.overran = false;
    this.misread = false;
    this.wire.onSwo = (byte) => this.take(byte);
  }

  /** Stops; what has come stays to be fetched. */
  stop(): void {
    this.size = 0;
    this.wire.onSwo = undefined;
  }

  /** Fetches at most so many of the bytes that have come by `at`. */
  read(most: number, at: Picoseconds): Uint8Array {
    this.wire.catchUp?.(at);
    return Uint8Array.from(this.bytes.splice(0, most));
  }

  /** What went wrong since the last look. */
  faults(): { readonly overran: boolean; readonly misread: boolean } {
    const { overran, misread } = this;
    this.overran = false;
    this.misread = false;
    return { overran, misread };
  }

  /** At another speed every byte is another one, and some frames are none (unsure which). */
  private take({ byte, hz, protocol }: SwoByte): void {
    const fits = protocol === "uart" && Math.abs(hz - this.hz) <= this.hz * TOLERANCE;
    if (!fits) this.misread = true;
    if (this.bytes.length >= this.size) this.overran = true;
    else this.bytes.push(fits ? byte : (byte * 0x9d + 0x35) & 0xff);
  }
}
