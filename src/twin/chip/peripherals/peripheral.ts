import type { AccessSize } from "../../cpu/seam.ts";
import type { Stateful } from "../saved.ts";

/** A block of registers on the peripheral bus. */
export interface Peripheral extends Stateful {
  readonly name: string;
  /** The value at an aligned offset, or `BUS_FAULT` where there is no register. */
  read(offset: number, size: AccessSize): number;
  /** Answers 0, or `BUS_FAULT` where there is no register. */
  write(offset: number, size: AccessSize, value: number): number;
  /** Whether a second read would answer the same and change nothing, until the chip's next event. False by default. */
  isStable?(offset: number, size: AccessSize): boolean;
  /** A system reset. */
  reset(): void;
}
