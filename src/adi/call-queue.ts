import type { CallEntry, Clock, Io, Priority } from "../base/clock.ts";
import { WaitError } from "../base/errors.ts";

/** The most urgent one has the lowest. */
const RANKS: { readonly [priority in Priority]: number } = { "run-control": 0, job: 1, rtt: 2, live: 3 };

/** A call that so many others have passed goes next, whatever its priority. */
export const MOST_PASSES = 8;

/** A call that waits. */
interface Waiting {
  readonly rank: number;
  /** How many calls that came later went before this one. */
  passed: number;
  start(): void;
}

/**
 * The calls of one probe, one after the other: the most urgent first, in the order of their arrival among equals, and
 * none passed more than `MOST_PASSES` times. A call that is called off or late while it waits leaves the queue and
 * nothing else changes; one that has begun is its own business. Calls may be part of another one (`Io.entry`).
 */
export class CallQueue implements CallEntry {
  readonly depth: number;
  private readonly clock: Clock;
  private readonly waiting: Waiting[] = [];
  private isBusy = false;

  constructor(clock: Clock, depth = 0) {
    this.clock = clock;
    this.depth = depth;
  }

  /** How many calls wait. */
  get length(): number {
    return this.waiting.length;
  }

  /** Runs a call in its turn, at once where none is under way; throws `WaitError` where that comes too late. */
  async run<T>(call: (io: Io) => Promise<T>, io: Io = {}): Promise<T> {
    if (this.isBusy) await this.place(io);
    this.isBusy = true;
    const entry = new Part(new CallQueue(this.clock, this.depth + 1), this);
    try {
      return await call({ ...io, entry });
    } finally {
      entry.end();
      this.isBusy = false;
      this.next();
    }
  }

  /** Resolves when this call is the next one. The queue stays busy in between, so that no other call slips in. */
  private place(io: Io): Promise<void> {
    if (io.signal?.aborted) return Promise.reject(leftQueue("aborted", io.signal.reason));
    return new Promise((resolve, reject) => {
      const { signal, deadline } = io;
      const settle = (act: () => void) => {
        cancel();
        signal?.removeEventListener("abort", onAbort);
        act();
      };
      const waiting: Waiting = {
        rank: RANKS[io.priority ?? "job"],
        passed: 0,
        start: () => settle(resolve),
      };
      const leave = (error: WaitError) => {
        const at = this.waiting.indexOf(waiting);
        if (at < 0) return;
        this.waiting.splice(at, 1);
        settle(() => reject(error));
      };
      const onAbort = () => leave(leftQueue("aborted", signal?.reason));
      this.waiting.push(waiting);
      const cancel =
        deadline === undefined ? () => {} : this.clock.alarm(deadline, () => leave(leftQueue("timeout", undefined)));
      signal?.addEventListener("abort", onAbort);
    });
  }

  private next(): void {
    if (this.waiting.length === 0) return;
    const next = this.pick();
    this.isBusy = true;
    this.waiting.splice(this.waiting.indexOf(next), 1);
    next.start();
  }

  /** The first of the most urgent; but the oldest that was passed too often, where there is one. */
  private pick(): Waiting {
    const patient = this.waiting.find(({ passed }) => passed >= MOST_PASSES);
    if (patient) return patient;
    const best = Math.min(...this.waiting.map(({ rank }) => rank));
    const at = this.waiting.findIndex(({ rank }) => rank === best);
    for (const earlier of this.waiting.slice(0, at)) earlier.passed++;
    return this.waiting[at];
  }
}

/** The inside of a call: a queue for the calls that are a part of it, until it has ended. */
class Part implements CallEntry {
  private readonly inner: CallQueue;
  private readonly outer: CallEntry;
  private hasEnded = false;

  get depth(): number {
    return this.inner.depth;
  }

  constructor(inner: CallQueue, outer: CallEntry) {
    this.inner = inner;
    this.outer = outer;
  }

  /** A view that outlives its call waits like everybody else. */
  run<T>(call: (io: Io) => Promise<T>, io: Io): Promise<T> {
    return (this.hasEnded ? this.outer : this.inner).run(call, io);
  }

  end(): void {
    this.hasEnded = true;
  }
}

const leftQueue = (code: "timeout" | "aborted", cause: unknown): WaitError => {
  const what = "the calls of others to the same probe to end";
  const text = code === "timeout" ? `Timed out waiting for ${what}` : `Called off while waiting for ${what}`;
  return new WaitError(code, text, { details: { what }, cause });
};
