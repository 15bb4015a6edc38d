import type { Picoseconds } from "../../base/clock.ts";
import type { u32 } from "../../base/u32.ts";
import type { FlashWindow } from "./bus.ts";
import type { Prng } from "./prng.ts";

/** How long flash operations take: typical, the data sheet's maximum, or no time at all. */
export type FlashSpeed = "typ" | "max" | "zero";

/** What an observer gets for each operation that a flash controller has begun. */
export interface FlashLaunch {
  /** Counts from 1 since the chip model was made. */
  readonly index: number;
  /** The controller's own code of the operation. */
  readonly code: number;
  readonly name: string;
  readonly address: u32;
  readonly start: Picoseconds;
  readonly duration: Picoseconds;
}

/**
 * How an operation goes wrong: never ends (busy), leaves one bit wrong and says nothing (badprog), leaves its first unit
 * unreadable (ecc), or ends with the controller's own verify error (mgstat).
 */
export type FlashFault = "busy" | "badprog" | "ecc" | "mgstat";

/** What the observer wants to happen to a launch. */
export interface LaunchFaults {
  readonly fault?: FlashFault;
  /** Cut the chip's power this long after the launch. */
  readonly cutAfter?: Picoseconds;
}

/** The observer of launches. */
export type LaunchObserver = (launch: FlashLaunch) => LaunchFaults | undefined;

/** Read level of a blank check or verify: 0 normal, above it margins that find weak bits. */
export type MarginLevel = 0 | 1 | 2;

/** The cells of one flash and what operations, whole or interrupted, do to them; knows no registers and no time. */
export interface FlashModel extends FlashWindow {
  readonly bytes: Uint8Array;
  /** Programs a run; answers whether it reads back as wanted. */
  program(offset: number, data: Uint8Array): boolean;
  erase(offset: number, length: number): void;
  /** An erase that lost its power at `progress` (0 to 1). */
  cutErase(offset: number, length: number, progress: number, prng: Prng): void;
  /** Programming that lost its power at `progress`. */
  cutProgram(offset: number, data: Uint8Array, progress: number, prng: Prng): void;
  /** Whether a run reads as erased at a level. */
  isErased(offset: number, length: number, margin: MarginLevel): boolean;
}
