import type { Picoseconds } from "../../base/clock.ts";
import type { SwoByte } from "../chip/seam.ts";
import type { UsbConfiguration } from "../../usb/usb-device.ts";

/** The probe's end of the target cable, as a board offers it. */
export interface TargetWire {
  /**
   * Clocks `bits` times from `at` on, `clockHz` clocks a second, least significant bit of byte 0 first. Where
   * `direction` has a 1 the probe drives `out` on SWDIO; `into` gets the levels after each rising edge.
   */
  shift(shift: WireShift): void;
  /** Pulls the reset line (0) or releases it (1). */
  setReset(level: 0 | 1, at: Picoseconds): void;
  /** Level of the reset line; 0 also when the board pulls it. */
  resetLevel(at: Picoseconds): 0 | 1;
  /** Voltage on the reference pin in millivolts. */
  vtrefMv(at: Picoseconds): number;
  /** Lets the target live until `at`, so that what it sends by then has been heard. */
  catchUp?(at: Picoseconds): void;
  /** Called with each byte on the SWO pin; absent where the connector has none. */
  onSwo?: ((byte: SwoByte) => void) | undefined;
}

/** One run of clocks on the wire. */
export interface WireShift {
  readonly direction: Uint8Array;
  readonly out: Uint8Array;
  readonly into: Uint8Array;
  readonly bits: number;
  readonly at: Picoseconds;
  readonly clockHz: number;
}

/** What a probe has ready for its host: one USB transfer's worth, from `readyAt` on. */
export interface ProbeResponse {
  readonly bytes: Uint8Array;
  readonly readyAt: Picoseconds;
  /** As long as the host expects at most, so that no empty packet follows a full last one. */
  readonly endsFull?: boolean;
}

/** A probe's firmware: bytes in, answers out, at their times. A probe is such a model, a descriptor and a timing. */
export interface ProbeModel {
  /** Takes what has arrived completely at `at`; answers when the probe has done with it, in order. */
  onOut(bytes: Uint8Array, at: Picoseconds): readonly ProbeResponse[];
  /** Until when the probe is busy with what it was given. */
  readonly busyUntil: Picoseconds;
}

/** What a probe shows when it is plugged in. */
export interface ProbeDescriptor {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturerName: string;
  readonly productName: string;
  readonly serialNumber: string;
  readonly configuration: UsbConfiguration;
}
