import type { Picoseconds } from "../../base/clock.ts";
import type { u32 } from "../../base/u32.ts";
import type { FlashSpeed, LaunchObserver } from "./flash-model.ts";
import type { RefusedAccess } from "./refused-accesses.ts";

/** What an AP access ends with on the DP's side: a value (0 for writes), or the acknowledge that the DP has to give. */
export type ApResult = number | "wait" | "fault";

/** One access port: registers at 0x00 to 0xFC, word steps (ADIv5.2, C2). A `fault` sets the DP's STICKYERR. */
export interface AccessPort {
  read(address: number): ApResult;
  write(address: number, value: u32): ApResult;
  /** DAPABORT: give up whatever is under way. */
  abort(): void;
}

/** Parts of a chip's memory that outlive its power, and those that outlive a reset, by name (see `docs/twin.md`, state file). */
export type ChipParts = ReadonlyMap<string, Uint8Array>;

/** How a power cut hits an unfinished flash command: where in its time it struck, and the seed for the bits. */
export interface PowerCut {
  readonly seed: number;
}

/** What a debug port says about itself. */
export interface DpIdentity {
  readonly dpidr: u32;
  /** DPv2's TARGETID (bank 2 of A[3:2] = 01), for ports that share their wire. */
  readonly targetid?: u32;
  /** DLPIDR's instance number, bits 31:28 of TARGETSEL. */
  readonly instance?: number;
  /** The port comes up in dormant state and answers nothing until it is woken; only with a TARGETID. */
  readonly startsDormant?: boolean;
}

/** One debug port of a chip with the access ports behind it. */
export interface ChipDebugPort {
  readonly identity: DpIdentity;
  /** The AP that SELECT.APSEL names, or undefined: reads of its registers give 0 then. */
  accessPort(apsel: number): AccessPort | undefined;
  /** CTRL/STAT was written: whether CDBGPWRUPREQ is set now. */
  debugPowerRequested?(on: boolean): void;
}

/** How a chip model is made, whatever chip it is. */
export interface ChipOptions {
  /** How long flash operations take. */
  readonly flash: FlashSpeed;
  /** The chip comes up locked, as its family means it; otherwise as shipped. */
  readonly locked: boolean;
  /** Decides the unique ID, the bits of interrupted flash operations and what random number generators give. */
  readonly seed: number;
  /** The clock that the board feeds into the chip's oscillator, in hertz; each chip has its own default. */
  readonly extalHz?: number;
  /** False: a released core sleeps instead of executing. Default true. */
  readonly execute?: boolean;
  /** False: the core executes every round of its polling loops; nothing else shows the difference. Default true. */
  readonly skipPolls?: boolean;
  /** Receives what the chip sends on its first UART. */
  readonly uart?: (bytes: Uint8Array) => void;
}

/** A byte on the SWO pin: its bit rate in hertz, and how it is sent. */
export interface SwoByte {
  readonly byte: number;
  readonly hz: number;
  readonly protocol: "uart" | "manchester";
}

/** One chip as the board sees it: pins, ports, and its own time. */
export interface ChipModel {
  readonly name: string;
  /** Below this supply the chip holds itself in power-on reset, in millivolts. */
  readonly powerOnMv: number;
  /** The debug ports on its SWD wire; more than one need TARGETSEL. */
  readonly debugPorts: readonly ChipDebugPort[];
  /** Power applied at `at`: power-on reset, flash initialisation, FCF load. */
  powerOn(at: Picoseconds): void;
  /** Power gone: a flash command under way leaves its bits half done (by seed), RAM and registers are lost. */
  powerOff(at: Picoseconds, cut: PowerCut): void;
  /** The supply that the board gives, in millivolts; absent where nothing on the chip depends on it. */
  setSupply?(mv: number): void;
  /** Whether the chip's debug ports are switched off: nothing on the wire is answered. Never, where absent. */
  readonly debugPortIsOff?: boolean;
  /** The reset pin's level: 0 holds the chip in reset. */
  setResetPin(level: 0 | 1, at: Picoseconds): void;
  /** Core and flash catch up to `at`. Called before every access from outside. */
  advance(at: Picoseconds): void;
  /** When something inside happens next by itself, or Infinity. */
  nextEvent(): Picoseconds;
  save(): ChipParts;
  /** The counterpart of `save`. */
  restore(parts: ChipParts, at: Picoseconds): void;
  /** Flash content as silicon holds it: the test's oracle, never a path of the product. */
  peekFlash(address: number, count: number): Uint8Array;
}

/** A chip whose board can observe flash commands and power. */
export interface BoardChip extends ChipModel {
  readonly powered: boolean;
  /** The chip drives its reset line low. */
  readonly inReset: boolean;
  /** Flash commands launched since the model was made. */
  readonly flashCommands: number;
  readonly refusedAccesses: readonly RefusedAccess[];
  /** Called at each launch of a flash command; may return a fault, or a power cut in the middle. */
  onLaunch: LaunchObserver | undefined;
  /** Called with each byte on the SWO pin, as it begins to leave. */
  onSwo?: ((byte: SwoByte) => void) | undefined;
  /** Called when a requested power cut has happened. */
  onPowerCut: ((at: Picoseconds) => void) | undefined;
}
