import type { Io } from "../base/clock.ts";
import type { u32 } from "../base/u32.ts";

/** Width of one bus access, in bits. FTFE registers are 8 wide and WDOG's 16: width is meaning. */
export type Width = 8 | 16 | 32;

/** The target's memory, as a debugger reaches it through a MEM-AP. */
export interface Memory {
  /** `count` bytes from `address`, by accesses of `width`; both must be multiples of it. */
  read(address: u32, count: number, width: Width, io?: Io): Promise<Uint8Array>;
  /** Writes bytes by accesses of `width`; address and length must be multiples of it. */
  write(address: u32, bytes: Uint8Array, width: Width, io?: Io): Promise<void>;
}
