import { type Clock, MICROSECOND, MILLISECOND, type Picoseconds } from "../base/clock.ts";
import { WaitError } from "../base/errors.ts";

/** The longest time of a timer, in milliseconds: one beyond it would ring at once. */
const MOST_MS = 0x7fff_ffff;

/** The host's monotonic clock, for probes made of silicon. */
export const wallClock: Clock = {
  now: (): Picoseconds => Math.round(performance.now() * MILLISECOND),
  sleep: (us, signal) => sleep(us, signal),
  alarm(at, ring) {
    let timer: ReturnType<typeof setTimeout>;
    const arm = () => {
      const left = (at - wallClock.now()) / MILLISECOND;
      timer = left > MOST_MS ? setTimeout(arm, MOST_MS) : setTimeout(ring, Math.max(0, left));
    };
    arm();
    return () => clearTimeout(timer);
  },
};

function sleep(us: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(calledOff(signal));
    const cancel = wallClock.alarm(wallClock.now() + us * MICROSECOND, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    const onAbort = () => {
      cancel();
      reject(calledOff(signal));
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

const calledOff = (signal?: AbortSignal) =>
  new WaitError("aborted", "Called off while sleeping", { cause: signal?.reason });

/** Seconds since 1970-01-01. */
export const unixSeconds = (): number => Math.floor(Date.now() / 1000);
