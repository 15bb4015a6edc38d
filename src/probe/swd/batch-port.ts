import { type Clock, type Io, type Picoseconds, within } from "../../base/clock.ts";
import { checkIo, pollUntil } from "../../base/deadlines.ts";
import { WaitError } from "../../base/errors.ts";
import { ABORT, DPIDR, RDBUFF } from "../../registers/dp.ts";
import type { u32 } from "../../base/u32.ts";
import type { DapOp, DapPort, DapReg, LineRun } from "../probe.ts";
import type { DapAck } from "../probe-error.ts";
import { BatchProgress } from "./batch-progress.ts";
import { assertOverrun, staysInBank0 } from "./overrun.ts";
import { pollTransfers, planBatch, type SwdUntil } from "./swd-plan.ts";
import { targetselIn } from "./sequences.ts";
import type { SwdTransfer } from "./swd-transfer.ts";
import type { TransferLink } from "./transfer-link.ts";

/** How long a target may answer WAIT to one transfer, in milliseconds, unless the caller's deadline is earlier. */
const WAIT_MS = 1000;

/** How long a poll may last, in milliseconds, when the caller names no deadline. */
const UNTIL_MS = 1000;

/** As fast as the probe can, for as long as any flash command but the longest takes. */
const POLL = { everyUs: 0, patientAfterUs: 250_000, what: "a debug register" } as const;

/** Reads that a poll sends in one round trip: about 0.1 ms of the wire at 4 MHz, less than the round trip itself. */
const POLLS_PER_ROUND_TRIP = 8;

const READ_DPIDR: DapOp = { op: "read", reg: { port: "dp", a: DPIDR.address as 0x0 }, count: 1 };

type Wake = TransferLink["wake"] & {};

const READ_BUFFER: DapReg = { port: "dp", a: RDBUFF.address as 0xc };

/** Clears what overrun detection left behind; the other sticky flags belong to the reader of CTRL/STAT. */
const CLEAR_OVERRUN = ABORT.of({ ORUNERRCLR: 1 });

/** Gives up the AP transaction that never ended. */
const GIVE_UP = ABORT.of({ ORUNERRCLR: 1, DAPABORT: 1 });

/**
 * Batches of transfers on a debug port, whichever way they go out.
 *
 * Many transfers go out without waiting for the answer to each, with data phases of fixed length. That is safe only with
 * overrun detection (ADIv5.2 (IHI 0031F), B2.3.1): after a WAIT or a FAULT the target then swallows the data phase and
 * refuses everything behind it, so that nothing behind the failure is carried out: a lost write of TAR would send the
 * words behind it elsewhere. Until the first write of CTRL/STAT has switched it on, one round trip waits for the other.
 *
 * The caller's deadline and signal are checked between round trips: one under way is never cut, so an abort leaves a
 * probe that can be used.
 */
export class BatchPort implements DapPort {
  readonly transfersPerRoundTrip: number;
  readonly wake?: DapPort["wake"] & {};
  private readonly link: TransferLink;
  private readonly clock: Clock;
  private dpBank = 0;
  private overrunDetection = false;
  /** What TARGETSEL was last written with; a line reset takes the selection away. */
  private targetsel: u32 | undefined;
  /** Whether the batch under way leaves CTRL/STAT in reach. */
  private canReadFlags = false;

  constructor(link: TransferLink, clock: Clock) {
    this.link = link;
    this.clock = clock;
    this.transfersPerRoundTrip = link.transfersPerRoundTrip;
    const wake = link.wake?.bind(link);
    if (wake) this.wake = (bits, count, io = {}) => this.wakeBy(wake, bits, count, io);
  }

  async transfer(ops: readonly DapOp[], io: Io = {}): Promise<Uint32Array> {
    const { posted, pollsPerRoundTrip } = this.link;
    const plan = planBatch(ops, this.dpBank, posted);
    this.canReadFlags = staysInBank0(ops, this.dpBank);
    const progress = new BatchProgress(plan.words);
    for (const { transfers, goal } of plan.steps) {
      progress.setGoal(goal);
      // The first reads of a poll go out with the transfers before it: often the value is there already.
      const polls = goal ? pollTransfers(goal, Math.min(POLLS_PER_ROUND_TRIP, pollsPerRoundTrip), posted) : [];
      await this.runAll([...transfers, ...polls], progress, io);
      if (goal && !progress.goalReached) await this.poll(goal, polls, progress, io);
    }
    this.dpBank = plan.dpBank;
    return progress.words;
  }

  /** After a sequence nothing is known of the target any more, so the next transfers wait for each other again. */
  async sequence(bits: Uint8Array, count: number, io: Io = {}): Promise<void> {
    this.forgetTarget();
    await this.link.clockOut(bits, count, io);
  }

  /** Where nothing answers, DPIDR is read again in the way that says why. */
  private async wakeBy(wake: Wake, bits: Uint8Array, count: number, io: Io): Promise<u32> {
    this.forgetTarget();
    const { ack, word } = await wake(bits, count, io);
    return ack === "ok" ? word : (await this.transfer([READ_DPIDR], io))[0];
  }

  async swdSequence(runs: readonly LineRun[], io: Io = {}): Promise<readonly Uint8Array[]> {
    this.forgetTarget();
    const levels = await this.link.clockRuns(runs, io);
    this.targetsel = targetselIn(runs);
    return levels;
  }

  private forgetTarget(): void {
    this.overrunDetection = false;
    this.dpBank = 0;
    this.targetsel = undefined;
  }

  /**
   * Sends runs of transfers, each to the end, to the next ABORT, or for a retry one transfer only. A WAIT is retried
   * from the transfer that got it; any other failure ends the batch.
   */
  private async runAll(transfers: readonly SwdTransfer[], progress: BatchProgress, io: Io): Promise<void> {
    const todo = [...transfers];
    let waitEnds: Picoseconds | undefined;
    let end = 0;
    for (let at = 0; at < todo.length; ) {
      // While the target waits, the deadline is `waitEnds`: the transaction has to be given up, not just left.
      const limits = waitEnds === undefined ? io : { signal: io.signal };
      const check = () => checkIo(this.clock, limits, "the transfers of a batch");
      check();
      // What `fetchAgain` puts there begins no run.
      if (end <= at) end = runEnd(todo, at);
      const to = waitEnds === undefined ? end : at + 1;
      const run = { transfers: todo, from: at, to, overrunDetection: this.overrunDetection, check };
      const { done, ack, pending } = await this.link.send(run, progress, limits);
      this.overrunDetection ||= todo.slice(at, done).some((transfer) => transfer.startsOverrunDetection);
      if (done > at) waitEnds = undefined;
      at = done;
      if (ack === "ok") continue;
      const isFirstWait = ack === "wait" && waitEnds === undefined;
      // What is retried must not have been done already: throws `probe-protocol`.
      if (isFirstWait && this.overrunDetection && this.canReadFlags) assertOverrun(await this.link.readFlags());
      waitEnds ??= within(this.clock, WAIT_MS, io).deadline;
      const giveUp = ack !== "wait" || this.clock.now() > waitEnds;
      await this.recover(ack, giveUp);
      if (giveUp) throw progress.failure(transfers, at, ack);
      if (pending) fetchAgain(todo, --at);
    }
  }

  /** Brings the line back to where the next request is answered. */
  private async recover(failed: Exclude<DapAck, "ok">, giveUp: boolean): Promise<void> {
    if (failed === "parity") return;
    if (failed === "none" || !this.overrunDetection) await this.link.resynchronise(this.targetsel);
    else await this.link.abort(failed === "wait" && giveUp ? GIVE_UP : CLEAR_OVERRUN);
  }

  private async poll(goal: SwdUntil, looks: readonly SwdTransfer[], progress: BatchProgress, io: Io): Promise<void> {
    const bounded = io.deadline === undefined ? within(this.clock, UNTIL_MS, io) : io;
    try {
      await pollUntil(this.clock, { ...bounded, ...POLL }, async () => {
        await this.runAll(looks, progress, { signal: io.signal });
        return progress.goalReached ? true : undefined;
      });
    } catch (error) {
      throw error instanceof WaitError && error.code === "timeout" ? progress.timeout(goal, error) : error;
    }
  }
}

/** An ABORT begins a run of its own: it would let through what follows a failure. */
function runEnd(todo: readonly SwdTransfer[], at: number): number {
  for (let i = at + 1; i < todo.length; i++) {
    const { reg, word } = todo[i];
    if (word !== undefined && reg.port === "dp" && reg.a === ABORT.address) return i;
  }
  return todo.length;
}

/**
 * The AP access at `at` was carried out, but its value or outcome was not fetched: RDBUFF still has it, and doing the
 * access again would move TAR on.
 */
function fetchAgain(todo: SwdTransfer[], at: number): void {
  const { op, word, result } = todo[at];
  todo[at] = { reg: READ_BUFFER, op, ...(word === undefined && { result }) };
}
