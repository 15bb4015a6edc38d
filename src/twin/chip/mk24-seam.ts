import type { Picoseconds } from "../../base/clock.ts";
import type { u32 } from "../../base/u32.ts";
import type { Cpu } from "../cpu/seam.ts";
import type { RefusedAccess } from "./refused-accesses.ts";
import type { LaunchObserver } from "./flash/flash-engine.ts";
import type { FlashSpeed } from "./flash/ftfe-times.ts";
import type { ChipModel } from "./seam.ts";

/** A chip with the peripherals and the flash of the K24, told apart by its identity. */
export interface Mk24Identity {
  readonly name: string;
  /** SIM_SDID. */
  readonly sdid: u32;
}

/** How a K24 model is made. */
export interface Mk24Options {
  /** How long flash commands take. */
  readonly flash: FlashSpeed;
  /** All flash FF, so that the chip comes up secured; otherwise as shipped: FF but 0x40C = FE. */
  readonly locked: boolean;
  /** Decides the unique ID, the bits of interrupted commands and what the random number generator gives. */
  readonly seed: number;
  /** The clock that the board feeds into EXTAL0, in hertz. Default 8 MHz. */
  readonly extalHz?: number;
  /** False: a released core sleeps instead of executing. Default true. */
  readonly execute?: boolean;
  /** False: the core executes every round of its polling loops; nothing else shows the difference. Default true. */
  readonly skipPolls?: boolean;
  /** Receives what the chip sends on UART0. */
  readonly uart?: (bytes: Uint8Array) => void;
}

/** The K24 as the board and the tests see it: the chip, and the hands that a lab has. */
export interface Mk24 extends ChipModel {
  /** The unique ID as 32 hex digits; part of the state. */
  readonly uid: string;
  readonly powered: boolean;
  /** Whether the system is in reset now, for whatever reason (RESET_b is low then). */
  readonly inReset: boolean;
  readonly cpu: Cpu;
  /** Flash commands accepted since the model was made, mass erases by the MDM-AP included; no part of the state. */
  readonly flashCommands: number;
  /** Called for each accepted flash command; may return a fault or a power cut for it. */
  onLaunch: LaunchObserver | undefined;
  /** Called when a power cut requested by `onLaunch` has happened: the chip is off then, until `powerOn`. */
  onPowerCut: ((at: Picoseconds) => void) | undefined;
  /** Called for an encoding that the core model does not implement. */
  onUnimplemented: ((opcode: u32, pc: u32) => void) | undefined;
  /** Makes the debugger's accesses to the FTFE fault, to prove that a loader works from RAM. */
  forbidAhbToFtfe: boolean;
  /** Accesses to what isn't there, is shut, or isn't modelled, since the model was made. */
  readonly refusedAccesses: readonly RefusedAccess[];
  /** Sends bytes to UART0, one a frame. */
  receiveUart(bytes: Uint8Array): void;
}
