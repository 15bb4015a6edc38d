/**
 * Time in picoseconds as a plain number: whole up to 2^53 ps (2.5 hours), to within 1 ns for weeks after that.
 */
export type Picoseconds = number;

/** One microsecond in picoseconds. */
export const MICROSECOND: Picoseconds = 1_000_000;
/** One millisecond in picoseconds. */
export const MILLISECOND: Picoseconds = 1_000_000_000;
/** One second in picoseconds. */
export const SECOND: Picoseconds = 1_000_000_000_000;

/**
 * The only source of time below the hosts: the wall clock in `node/` and `web/`, virtual time on a twin.
 *
 * `sleep` makes time pass. `alarm` does not: it rings when something else has made time pass beyond `at`. Deadlines
 * are alarms, so a twin in lock-step never waits for a deadline that does not expire.
 */
export interface Clock {
  now(): Picoseconds;
  /** Resolves `us` microseconds later; rejects with the signal's reason when called off. */
  sleep(us: number, signal?: AbortSignal): Promise<void>;
  /** Calls `ring` once when the time is `at` or later; the returned function takes the alarm back. */
  alarm(at: Picoseconds, ring: () => void): () => void;
}

/**
 * What a call is for, the most urgent first: it decides which of the calls that wait for the same probe goes next.
 * A call without one is a `job`.
 */
export type Priority = "run-control" | "job" | "rtt" | "live";

/** A call under way that others can be a part of: they go at once, one after the other, and before all that waits. */
export interface CallEntry {
  /** In how many calls this one is nested. */
  readonly depth: number;
  /** Runs a call within this one; `io` comes back with the entry for calls within that call in turn. */
  run<T>(call: (io: Io) => Promise<T>, io: Io): Promise<T>;
}

/**
 * The limits of one call that may wait: an absolute time on the same clock, and the caller's way to call it off; and its
 * place among the calls that wait for the same probe.
 */
export interface Io {
  readonly deadline?: Picoseconds;
  readonly signal?: AbortSignal;
  readonly priority?: Priority;
  /** The call that this one is a part of. */
  readonly entry?: CallEntry;
}

/** A fresh deadline `ms` milliseconds from now, or the caller's where that one is earlier. */
export function within<Limits extends Io>(
  clock: Clock,
  ms: number,
  io?: Limits,
): Limits & { readonly deadline: Picoseconds } {
  const own = clock.now() + ms * MILLISECOND;
  const deadline = io?.deadline === undefined ? own : Math.min(own, io.deadline);
  // What was left out has no fields that the result could lack.
  return { ...(io as Limits), deadline };
}

/** The limits of giving back what a call has taken: of the same call, but it ends neither with its signal nor its deadline. */
export function toTheEnd(clock: Clock, ms: number, { priority, entry }: Io = {}): Io {
  return within(clock, ms, { ...(priority !== undefined && { priority }), ...(entry && { entry }) });
}
