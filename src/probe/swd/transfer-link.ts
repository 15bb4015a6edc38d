import type { Io } from "../../base/clock.ts";
import type { u32 } from "../../base/u32.ts";
import type { LineRun } from "../probe.ts";
import type { DapAck } from "../probe-error.ts";
import type { BatchProgress } from "./batch-progress.ts";
import type { PostedReads } from "./swd-plan.ts";
import type { SwdResponse, SwdTransfer } from "./swd-transfer.ts";

/** Transfers that may go out without a decision in between. */
export interface TransferRun {
  readonly transfers: readonly SwdTransfer[];
  readonly from: number;
  /** Where to stop, exclusive. */
  readonly to: number;
  /** With it, what goes out behind a failure is not carried out; without it, nothing may go out behind what is open. */
  readonly overrunDetection: boolean;
  /** Checked between round trips; what it throws ends the run once the pending responses are fetched. */
  check(): void;
}

/** How far a run came. */
export interface RunResult {
  /** Index behind the last transfer that was acknowledged. */
  readonly done: number;
  readonly ack: DapAck;
  /** The last transfer done was an AP access whose value or outcome is still to be fetched. */
  readonly pending: boolean;
}

/** How transfers reach a target: as bits that the driver lays out, or in packets that the probe clocks by itself. */
export interface TransferLink {
  readonly posted: PostedReads;
  /** Reads or writes that fit one round trip to the probe. */
  readonly transfersPerRoundTrip: number;
  /** Reads of a poll that fit one round trip. */
  readonly pollsPerRoundTrip: number;
  /** Sends one round trip of a run or more, and keeps the words read. */
  send(run: TransferRun, progress: BatchProgress, io: Io): Promise<RunResult>;
  /** Reads CTRL/STAT, whatever has happened before. */
  readFlags(): Promise<SwdResponse>;
  /** Writes the DP's ABORT. */
  abort(word: u32): Promise<void>;
  /**
   * A line reset, the write of TARGETSEL where one port of several was selected, and the read of DPIDR without which a
   * port answers nothing (ADIv5.2 (IHI 0031F), B4.3.3 and B4.3.4).
   */
  resynchronise(targetsel: u32 | undefined): Promise<void>;
  /** Clocks raw bits out, least significant bit of byte 0 first. */
  clockOut(bits: Uint8Array, count: number, io: Io): Promise<void>;
  /** Clocks raw bits out and reads DPIDR in one round trip; absent where it would be two. */
  wake?(bits: Uint8Array, count: number, io: Io): Promise<SwdResponse>;
  /** Clocks runs that are driven or not; answers the levels before each edge of those that are not. */
  clockRuns(runs: readonly LineRun[], io: Io): Promise<readonly Uint8Array[]>;
}
