import { type Clock, MICROSECOND, MILLISECOND, type Picoseconds } from "../base/clock.ts";
import { checkIo } from "../base/deadlines.ts";

/** How a twin's clock starts and who keeps it company. */
export interface TwinClockOptions {
  /** Where time stood when the board was left; 0 for a new one. */
  readonly start?: Picoseconds;
  /** Resolves when the wall clock allows the board to be at `until`; without it the clock runs in lock-step. */
  readonly pace?: ((until: Picoseconds) => Promise<void>) | undefined;
  /** Called after time has passed by itself, so that the board can catch up. */
  readonly passed?: (now: Picoseconds) => void;
}

interface Due {
  readonly at: Picoseconds;
  /** Alarms come after the board's own events of the same moment: an answer just in time is in time. */
  readonly rank: 0 | 1;
  readonly act: () => void;
}

/** The longest step of virtual time between two looks at the wall clock. */
const SLICE: Picoseconds = 5 * MILLISECOND;

/**
 * Discrete-event time of a simulated board, in whole picoseconds.
 *
 * Lock-step: only transfers (through `drive`) and `sleep` make time pass, all of it inside the call, so every machine
 * sees the same times. Two sleeps at once therefore add up; "at the latest" is an alarm. Paced: the
 * same, but every advance first waits until the wall clock is that far (docs: architecture, Time).
 */
export class TwinClock implements Clock {
  private time: Picoseconds;
  private readonly queue: Due[] = [];
  private readonly pace: ((until: Picoseconds) => Promise<void>) | undefined;
  private readonly passed: (now: Picoseconds) => void;

  constructor(options: TwinClockOptions = {}) {
    this.time = options.start ?? 0;
    this.pace = options.pace;
    this.passed = options.passed ?? (() => {});
  }

  now(): Picoseconds {
    return this.time;
  }

  async sleep(us: number, signal?: AbortSignal): Promise<void> {
    const until = this.time + Math.max(0, Math.round(us * MICROSECOND));
    checkIo(this, { signal }, "a time to pass");
    if (this.pace) await this.walkTo(until, signal);
    else this.runTo(until, signal);
    this.passed(this.time);
    checkIo(this, { signal }, "a time to pass");
  }

  alarm(at: Picoseconds, ring: () => void): () => void {
    const cancel = this.add({ at, rank: 1, act: ring });
    // Never from within this call: the caller needs the cancel function first.
    if (at <= this.time) void Promise.resolve().then(() => this.runTo(this.time));
    return cancel;
  }

  /** Runs an event of the board at a given time; the returned function cancels it. */
  schedule(at: Picoseconds, act: () => void): () => void {
    return this.add({ at, rank: 0, act });
  }

  /**
   * Makes time pass for a transfer until `done`. In lock-step it stops early when nothing is left to happen, and after
   * an alarm has rung: its owner decides what comes next, and the transfer stays pending until time advances.
   */
  drive(done: () => boolean): void {
    if (this.pace) void this.drivePaced(done);
    else this.driveNow(done);
  }

  private driveNow(done: () => boolean): void {
    while (!done()) {
      const next = this.queue.shift();
      if (next === undefined) return;
      this.fire(next);
      if (next.rank === 1) return;
    }
  }

  private async drivePaced(done: () => boolean): Promise<void> {
    while (!done() && this.queue.length > 0) await this.step(this.queue[0].at);
  }

  private async walkTo(until: Picoseconds, signal?: AbortSignal): Promise<void> {
    while (this.time < until && !signal?.aborted) await this.step(until);
  }

  /** One slice of paced time, up to the next thing that happens. */
  private async step(until: Picoseconds): Promise<void> {
    const next = this.queue[0]?.at ?? until;
    const to = Math.max(this.time, Math.min(until, next, this.time + SLICE));
    await this.pace?.(to);
    this.runTo(to);
    this.passed(this.time);
  }

  /** Everything due until then, in order; ends early when called off by something that happened. */
  private runTo(until: Picoseconds, signal?: AbortSignal): void {
    for (let next = this.queue[0]; next !== undefined && next.at <= until; next = this.queue[0]) {
      this.queue.shift();
      this.fire(next);
      if (signal?.aborted) return;
    }
    this.time = Math.max(this.time, until);
  }

  private fire(due: Due): void {
    this.time = Math.max(this.time, due.at);
    due.act();
  }

  private add(due: Due): () => void {
    const after = this.queue.findIndex((other) => other.at > due.at || (other.at === due.at && other.rank > due.rank));
    this.queue.splice(after < 0 ? this.queue.length : after, 0, due);
    return () => {
      const at = this.queue.indexOf(due);
      if (at >= 0) this.queue.splice(at, 1);
    };
  }
}
