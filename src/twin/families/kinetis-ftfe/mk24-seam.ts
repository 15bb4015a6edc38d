import type { Picoseconds } from "../../../base/clock.ts";
import type { u32 } from "../../../base/u32.ts";
import type { Cpu } from "../../cpu/seam.ts";
import type { RefusedAccess } from "../../chip/refused-accesses.ts";
import type { LaunchObserver } from "../../chip/flash-model.ts";
import type { AccessPort, ChipModel } from "../../chip/seam.ts";

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
  closeFlashController: boolean;
  /** The AP that SELECT.APSEL names on the one debug port, or undefined. */
  accessPort(apsel: number): AccessPort | undefined;
  /** Accesses to what isn't there, is shut, or isn't modelled, since the model was made. */
  readonly refusedAccesses: readonly RefusedAccess[];
  /** Sends bytes to UART0, one a frame. */
  receiveUart(bytes: Uint8Array): void;
}
