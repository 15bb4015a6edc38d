import type { Clock, Picoseconds } from "../base/clock.ts";
import type { UsbDevice } from "../usb/usb-device.ts";

/** How a board is set up; every key has the default that `formats.md` names. */
export interface TwinOptions {
  /** `MK24FN1M0xxx12`. */
  readonly chip: string;
  readonly probe?: "jlink" | "jlink-hs" | "cmsis-dap" | "cmsis-dap-hs" | "cmsis-dap-v1";
  readonly flash?: "typ" | "max" | "zero";
  /** The board starts secured: all flash FF. */
  readonly locked?: boolean;
  /** Starts with a power-on reset even when `state` is given. */
  readonly powerCycle?: boolean;
  readonly seed?: number;
  readonly serial?: string;
  readonly vtrefMv?: number;
  /** What an earlier board of the same chip left behind. */
  readonly state?: TwinState;
  /** Receives the bytes that the chip sends on its UART. */
  readonly uart?: (bytes: Uint8Array) => void;
  /** Lets virtual time follow the wall clock; without it the board runs in lock-step. */
  readonly pace?: (until: Picoseconds) => Promise<void>;
}

/** Everything that outlives a process, in parts by name. */
export interface TwinState {
  readonly chip: string;
  readonly uid: string;
  readonly clockPs: Picoseconds;
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

/** A simulated board: its probe on USB, its clock, and the hands that a lab has (power switch, microscope). */
export interface Twin {
  readonly device: UsbDevice;
  readonly clock: Clock;
  snapshot(): TwinState;
  /** Cuts the target's power now and restores it; an unfinished flash command leaves its bits half done by seed. */
  powerCut(): void;
  /** Arms a power cut: `point` of the next `index`-th flash command launch from now (1-based), 0 to 1 of its duration. */
  armPowerCut(index: number, point: number): void;
  /** Flash commands launched since the board came up. */
  readonly flashCommands: number;
  /** Flash content as silicon holds it: the test's oracle. */
  peekFlash(address: number, count: number): Uint8Array;
}
