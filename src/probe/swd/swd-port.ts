import { type Clock, type Io, type Picoseconds, within } from "../../base/clock.ts";
import { checkIo, pollUntil } from "../../base/deadlines.ts";
import { WaitError } from "../../base/errors.ts";
import { ABORT, DPIDR } from "../../registers/dp.ts";
import type { DapOp, DapPort, DapReg } from "../probe.ts";
import type { DapAck } from "../probe-error.ts";
import { BatchProgress } from "./batch-progress.ts";
import { assertOverrun, LOOK_AT_FLAGS, staysInBank0 } from "./overrun.ts";
import { type LineSequence, LINE_RESET } from "./sequences.ts";
import { SwdBitWriter, type SwdBits, takeBits } from "./swd-bits.ts";
import { lookTransfers, planBatch, type SwdStep, type SwdUntil } from "./swd-plan.ts";
import type { SwdAnswer, SwdTransfer } from "./swd-transfer.ts";
import { decodeTransfers, encodeTransfers, type SwdWire, transfersPerTurn } from "./swd-wire.ts";

/** How long a target may answer WAIT to one transfer, in milliseconds, unless the caller's deadline is earlier. */
const WAIT_MS = 1000;

/** How long a poll may last, in milliseconds, when the caller names no deadline. */
const UNTIL_MS = 1000;

/** As fast as the probe can, for as long as any flash command but the longest takes. */
const POLL = { everyUs: 0, patientAfterUs: 250_000, what: "a debug register" } as const;

/** Reads that a poll sends in one turn: about 0.1 ms of the wire at 4 MHz, so that they cost no more than the turn. */
const LOOKS_PER_TURN = 8;

const DPIDR_REG: DapReg = { port: "dp", a: DPIDR.address as 0x0 };
const ABORT_REG: DapReg = { port: "dp", a: ABORT.address as 0x0 };

/** Clears what overrun detection left behind; the other sticky flags belong to whoever reads CTRL/STAT. */
const CLEAR_OVERRUN: SwdTransfer = { reg: ABORT_REG, word: ABORT.of({ ORUNERRCLR: 1 }), op: 0 };

/** Gives up the AP transaction that never ended. */
const GIVE_UP: SwdTransfer = { reg: ABORT_REG, word: ABORT.of({ ORUNERRCLR: 1, DAPABORT: 1 }), op: 0 };

/**
 * A debug port behind a probe that clocks raw bits.
 *
 * Many transfers go out in one turn, each with a data phase of fixed length. That is safe only with overrun detection
 * (ADIv5.2 (IHI 0031F), B2.3.1): after a WAIT or a FAULT the target then swallows the data phase and refuses everything
 * behind it, so nothing behind the failure is carried out. Until the first write of CTRL/STAT has switched it on,
 * transfers go out one by one.
 *
 * The caller's deadline and signal are looked at between turns: a turn under way is never cut, so calling off leaves a
 * probe that can be used.
 */
export class SwdPort implements DapPort {
  readonly transfersPerTurn: number;
  private readonly wire: SwdWire;
  private readonly clock: Clock;
  private dpBank = 0;
  private overrunDetection = false;
  /** Whether the batch under way leaves CTRL/STAT in reach. */
  private seesFlags = false;

  constructor(wire: SwdWire, clock: Clock) {
    this.wire = wire;
    this.clock = clock;
    this.transfersPerTurn = transfersPerTurn(wire);
  }

  async transfer(ops: readonly DapOp[], io: Io = {}): Promise<Uint32Array> {
    const plan = planBatch(ops, this.dpBank);
    this.seesFlags = staysInBank0(ops, this.dpBank);
    const progress = new BatchProgress(plan.words);
    for (const step of plan.steps) await this.runStep(step, progress, io);
    this.dpBank = plan.dpBank;
    return progress.words;
  }

  /** After a sequence nothing is known of the target any more, so the next transfers go out one by one again. */
  async sequence(bits: Uint8Array, count: number, io: Io = {}): Promise<void> {
    this.overrunDetection = false;
    this.dpBank = 0;
    for (let at = 0; at < count; at += this.wire.maxClocks) {
      checkIo(this.clock, io, "a line sequence to go out");
      await this.wire.exchange(drivenBits(bits, at, Math.min(count - at, this.wire.maxClocks)), io);
    }
  }

  /** The first looks of a poll go out in the turn of what stands before it: often the value is there already. */
  private async runStep({ transfers, goal }: SwdStep, progress: BatchProgress, io: Io): Promise<void> {
    progress.aim(goal);
    const looks = goal ? lookTransfers(goal, Math.min(LOOKS_PER_TURN, this.transfersPerTurn - 1)) : [];
    await this.runAll([...transfers, ...looks], progress, io);
    if (goal && !progress.met) await this.poll(goal, looks, progress, io);
  }

  /** Sends transfers turn by turn; a WAIT is tried again from where it struck, anything else ends the batch. */
  private async runAll(transfers: readonly SwdTransfer[], progress: BatchProgress, io: Io): Promise<void> {
    let waitEnds: Picoseconds | undefined;
    for (let at = 0; at < transfers.length; ) {
      // While the target waits, the deadline is `waitEnds`: the transaction has to be given up, not just left.
      const limits = waitEnds === undefined ? io : { signal: io.signal };
      checkIo(this.clock, limits, "the transfers of a batch");
      const chunk = transfers.slice(at, at + (waitEnds === undefined ? this.chunkLength(transfers, at) : 1));
      const answers = await this.exchange(chunk, limits);
      const failed = progress.take(chunk, answers);
      const done = answers.length - (failed ? 1 : 0);
      at += done;
      if (done > 0) waitEnds = undefined;
      if (!failed) continue;
      if (failed === "wait" && waitEnds === undefined) await this.confirmWait();
      waitEnds ??= within(this.clock, WAIT_MS, io).deadline;
      const giveUp = failed !== "wait" || this.clock.now() > waitEnds;
      await this.recover(failed, giveUp);
      if (giveUp) throw progress.failure(transfers, at, failed);
    }
  }

  /** What is to be done again must not have been done already. Throws `probe-protocol`. */
  private async confirmWait(): Promise<void> {
    if (!this.overrunDetection || !this.seesFlags) return;
    assertOverrun((await this.exchange([LOOK_AT_FLAGS], {}))[0]);
  }

  /** An ABORT begins a turn of its own: it would let through what stands behind a failure. */
  private chunkLength(transfers: readonly SwdTransfer[], at: number): number {
    if (!this.overrunDetection) return 1;
    const abort = transfers.findIndex((transfer, i) => i > at && isAbort(transfer));
    return Math.min(this.transfersPerTurn, abort < 0 ? transfers.length - at : abort - at);
  }

  private async exchange(transfers: readonly SwdTransfer[], io: Io): Promise<readonly SwdAnswer[]> {
    const sampled = await this.wire.exchange(encodeTransfers(transfers), io);
    const answers = decodeTransfers(transfers, sampled);
    const isOn = transfers.some((transfer, i) => transfer.startsOverrunDetection && answers[i]?.ack === "ok");
    if (isOn) this.overrunDetection = true;
    return answers;
  }

  /** Brings the line back to where the next request is understood. */
  private async recover(failed: Exclude<DapAck, "ok">, giveUp: boolean): Promise<void> {
    if (failed === "parity") return;
    if (failed === "none" || !this.overrunDetection) await this.resynchronise();
    else await this.exchange([failed === "wait" && giveUp ? GIVE_UP : CLEAR_OVERRUN], {});
  }

  /**
   * A line reset, and the read of DPIDR without which a port answers nothing (ADIv5.2, B4.3.3). An earlier session may
   * have left overrun detection on, so its flag is cleared here too.
   */
  private async resynchronise(): Promise<void> {
    await this.wire.exchange(drivenBits(LINE_RESET.bits, 0, LINE_RESET.count), {});
    await this.exchange([{ reg: DPIDR_REG, op: 0 }, CLEAR_OVERRUN], {});
  }

  private async poll(goal: SwdUntil, looks: readonly SwdTransfer[], progress: BatchProgress, io: Io): Promise<void> {
    const bounded = io.deadline === undefined ? within(this.clock, UNTIL_MS, io) : io;
    try {
      await pollUntil(this.clock, { ...bounded, ...POLL }, async () => {
        await this.runAll(looks, progress, { signal: io.signal });
        return progress.met ? true : undefined;
      });
    } catch (error) {
      throw error instanceof WaitError && error.code === "timeout" ? progress.timeout(goal, error) : error;
    }
  }
}

const isAbort = ({ reg, word }: SwdTransfer): boolean =>
  word !== undefined && reg.port === "dp" && reg.a === ABORT.address;

function drivenBits(bits: LineSequence["bits"], at: number, count: number): SwdBits {
  const writer = new SwdBitWriter(count);
  for (let i = 0; i < count; i++) writer.drive(takeBits(bits, at + i, 1), 1);
  return writer.finish();
}
