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

/** One access of a batch; values are unsigned and as wide as the access. */
export type MemoryOp =
  /** Reads once. */
  | { readonly op: "read"; readonly address: u32; readonly width: Width }
  /** Writes once. */
  | { readonly op: "write"; readonly address: u32; readonly width: Width; readonly value: u32 }
  /** Reads again and again until `(value & mask) === value`; yields the last value read. */
  | { readonly op: "until"; readonly address: u32; readonly width: Width; readonly mask: u32; readonly value: u32 };

/** Memory that takes unrelated accesses as one batch: a flash command and the wait for its end are one round trip. */
export interface BatchMemory extends Memory {
  /**
   * Runs the accesses in order, in as few round trips as possible; returns the values of all `read` and `until`.
   * An `until` is bounded by the deadline, or by a second where there is none, and throws `dap-until-timeout`.
   */
  run(ops: readonly MemoryOp[], io?: Io): Promise<Uint32Array>;
  /**
   * Runs accesses with none of another caller's between them: those of the given memory, and every call with the given
   * `io`. Absent where the memory has one caller anyway.
   */
  together?<T>(accesses: (own: BatchMemory, io: Io) => Promise<T>, io?: Io): Promise<T>;
}

/** Runs accesses with none of another caller's between them, such as a read, and a write of what was read but for a bit. */
export const together = <T>(
  memory: BatchMemory,
  accesses: (own: BatchMemory, io: Io) => Promise<T>,
  io: Io = {},
): Promise<T> => (memory.together ? memory.together(accesses, io) : accesses(memory, io));
