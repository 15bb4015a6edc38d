import type { Io } from "../base/clock.ts";
import type { u32 } from "../base/u32.ts";

/** One step of a batch on one access port; addresses are 0x00 to 0xFC in steps of four. */
export type ApOp =
  /** Reads the register `count` times. */
  | { readonly op: "read"; readonly address: number; readonly count: number }
  /** Writes the words one after the other. */
  | { readonly op: "write"; readonly address: number; readonly words: ArrayLike<u32> }
  /** Reads until `(value & mask) === value`; yields the last value read. */
  | { readonly op: "until"; readonly address: number; readonly mask: u32; readonly value: u32 };

/** Whatever selects an access port and runs a batch on it: the debug port. */
export interface ApGate {
  runAp(index: number, ops: readonly ApOp[], io?: Io): Promise<Uint32Array>;
  /** Runs calls with none of another caller's between them: those with the given `io`. */
  together<T>(calls: (io: Io) => Promise<T>, io?: Io): Promise<T>;
}

/** One access port by its number, APSEL. Throws `DapError`, `AdiError` `dp-sticky-error` and `WaitError`. */
export class AccessPort {
  readonly index: number;
  private readonly gate: ApGate;

  constructor(gate: ApGate, index: number) {
    this.gate = gate;
    this.index = index;
  }

  /** Runs a batch; answers the words of all reads in order. */
  run(ops: readonly ApOp[], io: Io = {}): Promise<Uint32Array> {
    return this.gate.runAp(this.index, ops, io);
  }

  /** Runs calls with none of another caller's between them: those with the given `io`. */
  together<T>(calls: (io: Io) => Promise<T>, io: Io = {}): Promise<T> {
    return this.gate.together(calls, io);
  }

  async read(address: number, io: Io = {}): Promise<u32> {
    return (await this.run([{ op: "read", address, count: 1 }], io))[0];
  }

  async write(address: number, value: u32, io: Io = {}): Promise<void> {
    await this.run([{ op: "write", address, words: [value] }], io);
  }

  /** The first value that matches the mask; bounded by the deadline, or by a second where there is none. */
  async until(address: number, mask: u32, value: u32, io: Io = {}): Promise<u32> {
    return (await this.run([{ op: "until", address, mask, value }], io))[0];
  }
}
