import { type Clock, type Io, MICROSECOND } from "./clock.ts";
import { WaitError } from "./errors.ts";

/** Throws `WaitError` when the caller has called the work off or the deadline is behind us. */
export function checkIo(clock: Clock, io: Io, what: string): void {
  if (io.signal?.aborted) throw aborted(what, io.signal);
  if (io.deadline !== undefined && clock.now() > io.deadline) throw timedOut(what);
}

/**
 * Waits for `work` no longer than `io` allows.
 *
 * Throws `WaitError` `timeout` or `aborted`; the work itself continues unobserved then, so its caller must not
 * use its source again (a pipe poisons itself). `start` is called after the alarm is set, because on a twin the call
 * itself makes time pass.
 */
export function withDeadline<T>(clock: Clock, io: Io, what: string, start: () => Promise<T>): Promise<T> {
  checkIo(clock, io, what);
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => settle(() => reject(aborted(what, io.signal)));
    const cancel =
      io.deadline === undefined ? () => {} : clock.alarm(io.deadline, () => settle(() => reject(timedOut(what))));
    const settle = (act: () => void) => {
      cancel();
      io.signal?.removeEventListener("abort", onAbort);
      act();
    };
    io.signal?.addEventListener("abort", onAbort, { once: true });
    (async () => start())().then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}

/** How a poll goes about it. */
export interface Poll extends Io {
  /** Pause between two looks, in microseconds. */
  readonly everyUs: number;
  /**
   * Microseconds after which the looks become rarer, each pause a 32nd of the time that has passed: what takes so long is
   * not worth a busy processor and a busy bus. Unset: never.
   */
  readonly patientAfterUs?: number;
  /** What is waited for, for the error's sentence: "flash command to end". */
  readonly what: string;
}

/**
 * The only loop that polls: looks until `look` returns something other than undefined.
 *
 * Throws `WaitError` `timeout` or `aborted`. At least one look is taken after the deadline's last pause, so a slow host
 * does not time out on a target that was ready.
 */
export async function pollUntil<T>(clock: Clock, poll: Poll, look: () => Promise<T | undefined>): Promise<T> {
  const start = clock.now();
  for (;;) {
    const late = poll.deadline !== undefined && clock.now() > poll.deadline;
    const seen = await look();
    if (seen !== undefined) return seen;
    if (poll.signal?.aborted) throw aborted(poll.what, poll.signal);
    if (late) throw timedOut(poll.what);
    await clock.sleep(pauseUs(poll, (clock.now() - start) / MICROSECOND), poll.signal);
  }
}

const pauseUs = ({ everyUs, patientAfterUs }: Poll, passedUs: number): number =>
  passedUs < (patientAfterUs ?? Number.POSITIVE_INFINITY) ? everyUs : Math.max(everyUs, Math.floor(passedUs / 32));

const timedOut = (what: string) => new WaitError("timeout", `Timed out waiting for ${what}`, { details: { what } });

/** Throws `WaitError` `aborted` where a signal has called the work off. */
export function checkCalledOff(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw aborted(what, signal);
}

const aborted = (what: string, signal: AbortSignal | undefined) =>
  new WaitError("aborted", `Called off while waiting for ${what}`, { details: { what }, cause: signal?.reason });
