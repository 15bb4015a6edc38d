import type { Io } from "../base/clock.ts";
import type { u32 } from "../base/u32.ts";

/** What a probe says of itself. */
export interface ProbeInfo {
  readonly driver: "jlink" | "cmsis-dap";
  readonly vendorId: number;
  readonly productId: number;
  readonly product: string;
  /** Without leading zeros, as printed on the case. */
  readonly serial: string;
  /** The firmware's own line: `J-Link V9 compiled May  7 2021 16:26:12`. */
  readonly firmware: string;
  /** `V9.30` on a J-Link; absent where the probe does not say, and before `readDetails`. */
  readonly hardware?: string;
  /** Licences stored in the probe, as it lists them; absent before `readDetails`. */
  readonly licenses?: readonly string[];
}

/** The two wires to a target; JTAG comes with a later probe. */
export type Wire = "swd" | "jtag";

/** The probe's pins that a host may drive. */
export type PinName = "nreset" | "trst" | "tck" | "tms" | "tdi";

/** The levels on the target's connector, as last seen by the probe. */
export type PinLevels = { readonly [name in PinName | "tdo"]: 0 | 1 };

/** What a probe's SWO receiver has got since it was last asked. */
export interface SwoPiece {
  readonly bytes: Uint8Array;
  /** The probe's buffer was full, so that bytes are missing. */
  readonly lost: boolean;
}

/** The receiver of a probe for the SWO pin, as a UART. */
export interface SwoReceiver {
  /** The speed that the receiver would take for a wanted one, in hertz; 0 where there is none near it. Not while it is on. */
  speedFor(hz: number, io?: Io): Promise<number>;
  /** Begins with an empty buffer, at a speed of `speedFor`. */
  start(hz: number, io?: Io): Promise<void>;
  read(io?: Io): Promise<SwoPiece>;
  stop(io?: Io): Promise<void>;
}

/** A debug probe, opened. */
export interface Probe {
  readonly info: ProbeInfo;
  /** Asks for what no job needs to know, which `info` has from then on; absent where there is no more to ask. */
  readDetails?(io?: Io): Promise<void>;
  /** Selects the wire and the speed; the port stays valid until the next `connect` or `close`. */
  connect(wire: Wire, hz: number, io?: Io): Promise<DapPort>;
  /** Changes the clock of the selected wire; answers what the probe will really use, in Hz. */
  setSpeed(hz: number, io?: Io): Promise<number>;
  /** Drives pins (the reset line is open drain: 0 pulls, 1 releases) and answers all levels. */
  setPins(pins: Partial<Record<PinName, 0 | 1>>, io?: Io): Promise<PinLevels>;
  /** The target's supply on the reference pin, in millivolts; absent where the probe cannot measure. */
  targetVoltage?(io?: Io): Promise<number>;
  /** Absent where the probe has no receiver for SWO. */
  readonly swo?: SwoReceiver;
  close(): Promise<void>;
}

/** A register as one SWD or JTAG-DP transfer sees it: DP or AP, and A[3:2]. Banks and AP selection belong to `adi`. */
export interface DapReg {
  readonly port: "dp" | "ap";
  readonly a: 0x0 | 0x4 | 0x8 | 0xc;
}

/** One step of a batch. */
export type DapOp =
  /** Reads the register `count` times; AP reads answer their own value (the driver un-posts them). */
  | { readonly op: "read"; readonly reg: DapReg; readonly count: number }
  /** Writes the words one after the other. */
  | { readonly op: "write"; readonly reg: DapReg; readonly words: ArrayLike<u32> }
  /** Reads until `(value & mask) === value`; bounded by the deadline. Yields the last value read. */
  | { readonly op: "until"; readonly reg: DapReg; readonly mask: u32; readonly value: u32 };

/** Neighbouring clocks in which the probe drives SWDIO, bit 0 of byte 0 first, or releases it where there is no `drive`. */
export interface LineRun {
  readonly count: number;
  readonly drive?: Uint8Array;
}

/** The debug port behind a probe. A batch is data, in order and complete, and so is its result. */
export interface DapPort {
  /** Runs a batch; answers the words of all reads in order. Throws `DapError` at the first operation that failed. */
  transfer(ops: readonly DapOp[], io?: Io): Promise<Uint32Array>;
  /** Clocks raw bits out on SWDIO/TMS, least significant bit of byte 0 first. */
  sequence(bits: Uint8Array, count: number, io?: Io): Promise<void>;
  /** The same, and a read of DPIDR in the same round trip; answers that. Absent where it would be two. */
  wake?(bits: Uint8Array, count: number, io?: Io): Promise<u32>;
  /**
   * Clocks runs of SWD one after the other; answers SWDIO before each rising edge of every run that the probe did not
   * drive. A write of TARGETSEL among them is remembered, and repeated after each line reset that the driver makes by
   * itself. Throws `probe-unsupported` where the probe's firmware cannot release the line in a sequence.
   */
  swdSequence(runs: readonly LineRun[], io?: Io): Promise<readonly Uint8Array[]>;
  /** How many reads or writes fit one round trip to the probe; a caller that wants few round trips batches this many. */
  readonly transfersPerRoundTrip: number;
  /**
   * Runs batches on the port with none of another caller's between them; absent where the port has one caller anyway.
   * Calls with the given `io` are a part of it; the given port is for the batches alone, one after the other.
   */
  together?<T>(batches: (port: DapPort, io: Io) => Promise<T>, io?: Io): Promise<T>;
}
