import type { Picoseconds } from "../../base/clock.ts";
import type { u32 } from "../../base/u32.ts";

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

/** One chip as the board sees it: pins, ports, and its own time. */
export interface ChipModel {
  readonly name: string;
  /** The AP that SELECT.APSEL names, or undefined: reads of its registers give 0 then. */
  accessPort(apsel: number): AccessPort | undefined;
  /** Power applied at `at`: power-on reset, flash initialisation, FCF load. */
  powerOn(at: Picoseconds): void;
  /** Power gone: a flash command under way leaves its bits half done (by seed), RAM and registers are lost. */
  powerOff(at: Picoseconds, cut: PowerCut): void;
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
