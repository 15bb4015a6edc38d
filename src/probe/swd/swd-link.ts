import type { Clock, Io } from "../../base/clock.ts";
import { checkIo } from "../../base/deadlines.ts";
import type { u32 } from "../../base/u32.ts";
import { ABORT, DPIDR } from "../../registers/dp.ts";
import type { DapPort, DapReg, LineRun } from "../probe.ts";
import { BatchPort } from "./batch-port.ts";
import type { BatchProgress } from "./batch-progress.ts";
import { READ_CTRL_STAT, togetherUnguarded } from "./overrun.ts";
import { type LineSequence, LINE_RESET, targetselRuns } from "./sequences.ts";
import { SwdBitWriter, type SwdBits, takeBits } from "./swd-bits.ts";
import { decodeTransfer, encodeTransfer, type SwdResponse, type SwdTransfer, TRANSFER_CLOCKS } from "./swd-transfer.ts";
import { decodeTransfers, encodeTransfers, type SwdWire, TRAILING_IDLE, transfersPerRoundTrip } from "./swd-wire.ts";
import type { RunResult, TransferRun, TransferLink } from "./transfer-link.ts";

const DPIDR_REG: DapReg = { port: "dp", a: DPIDR.address as 0x0 };
const ABORT_REG: DapReg = { port: "dp", a: ABORT.address as 0x0 };

/** Transfers as the bits that a probe clocks, data phases always there. */
class SwdLink implements TransferLink {
  readonly posted = "on the wire";
  readonly transfersPerRoundTrip: number;
  readonly pollsPerRoundTrip: number;
  private readonly wire: SwdWire;
  private readonly clock: Clock;

  constructor(wire: SwdWire, clock: Clock) {
    this.wire = wire;
    this.clock = clock;
    this.transfersPerRoundTrip = transfersPerRoundTrip(wire);
    // The last look's value comes with a read of RDBUFF.
    this.pollsPerRoundTrip = this.transfersPerRoundTrip - 1;
  }

  /** One round trip. */
  async send(
    { transfers, from, to, overrunDetection }: TransferRun,
    progress: BatchProgress,
    io: Io,
  ): Promise<RunResult> {
    const most = overrunDetection ? to - from : togetherUnguarded(transfers, from, to);
    const count = Math.min(this.transfersPerRoundTrip, most);
    const chunk = transfers.slice(from, from + count);
    const responses = await this.exchange(chunk, io);
    const failed = progress.take(chunk, responses);
    return { done: from + responses.length - (failed ? 1 : 0), ack: failed ?? "ok", pending: false };
  }

  async readFlags(): Promise<SwdResponse> {
    return (await this.exchange([READ_CTRL_STAT], {}))[0];
  }

  async abort(word: u32): Promise<void> {
    await this.exchange([{ reg: ABORT_REG, word, op: 0 }], {});
  }

  /** An earlier session may have left overrun detection on, so its flag is cleared here too. */
  async resynchronise(targetsel: u32 | undefined): Promise<void> {
    await this.wire.checkProbe?.();
    await this.wire.exchange(drivenBits(LINE_RESET.bits, 0, LINE_RESET.count), {});
    if (targetsel !== undefined) await this.clockRuns(targetselRuns(targetsel), {});
    const clear = ABORT.of({ ORUNERRCLR: 1 });
    await this.exchange(
      [
        { reg: DPIDR_REG, op: 0 },
        { reg: ABORT_REG, word: clear, op: 0 },
      ],
      {},
    );
  }

  async clockOut(bits: Uint8Array, count: number, io: Io): Promise<void> {
    const most = this.wire.maxClocks;
    for (let at = 0; at < count; at += most) {
      checkIo(this.clock, io, "a line sequence to go out");
      await this.wire.exchange(drivenBits(bits, at, Math.min(count - at, most)), io);
    }
  }

  /** The read of DPIDR right behind the sequence, which ends as a line reset does. */
  async wake(bits: Uint8Array, count: number, io: Io): Promise<SwdResponse> {
    const writer = new SwdBitWriter(count + TRANSFER_CLOCKS + TRAILING_IDLE);
    for (let i = 0; i < count; i++) writer.drive(takeBits(bits, i, 1), 1);
    encodeTransfer(writer, { reg: DPIDR_REG, op: 0 });
    const sampled = await this.wire.exchange(writer.drive(0, TRAILING_IDLE).finish(), io);
    return decodeTransfer(sampled, count, true);
  }

  /** The probe samples behind each edge, so what stood there before is the sample of the clock before. */
  async clockRuns(runs: readonly LineRun[], io: Io): Promise<readonly Uint8Array[]> {
    const writer = new SwdBitWriter(runs.reduce((sum, { count }) => sum + count, 0));
    const listened: { readonly from: number; readonly count: number }[] = [];
    let at = 0;
    for (const { count, drive } of runs) {
      if (!drive) {
        writer.listen(count);
        listened.push({ from: at, count });
      } else for (let i = 0; i < count; i++) writer.drive(takeBits(drive, i, 1), 1);
      at += count;
    }
    const sampled = await this.wire.exchange(writer.finish(), io);
    return listened.map(({ from, count }) => levelsBefore(sampled, from, count));
  }

  private async exchange(transfers: readonly SwdTransfer[], io: Io): Promise<readonly SwdResponse[]> {
    return decodeTransfers(transfers, await this.wire.exchange(encodeTransfers(transfers), io));
  }
}

/** A debug port behind a probe that clocks raw bits. */
export const swdPort = (wire: SwdWire, clock: Clock): DapPort => new BatchPort(new SwdLink(wire, clock), clock);

function drivenBits(bits: LineSequence["bits"], at: number, count: number): SwdBits {
  const writer = new SwdBitWriter(count);
  for (let i = 0; i < count; i++) writer.drive(takeBits(bits, at + i, 1), 1);
  return writer.finish();
}

function levelsBefore(sampled: Uint8Array, from: number, count: number): Uint8Array {
  const levels = new Uint8Array(Math.ceil(count / 8));
  for (let i = 0; i < count; i++) {
    // Before the first clock of all the line is at its pull-up.
    const level = from + i === 0 ? 1 : takeBits(sampled, from + i - 1, 1);
    levels[i >> 3] |= level << (i & 7);
  }
  return levels;
}
