import { type Clock, MICROSECOND, MILLISECOND, type Picoseconds } from "../../base/clock.ts";

/** How far a board may fall behind the wall clock and still make up for it. */
const FORGIVEN: Picoseconds = 100 * MILLISECOND;

/** The host's time and its patience, so that tests can have their own. */
export interface Wall {
  now(): Picoseconds;
  /** Resolves so many milliseconds later; with 0 after everything else that is due has had its turn. */
  wait(ms: number): Promise<void>;
}

/** This machine's monotonic clock. */
const thisWall: Wall = {
  now: () => performance.now() * MILLISECOND,
  wait: (ms) => new Promise((resolve) => void (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve))),
};

/**
 * The pace of a board that is used as one uses a real one: its time follows the wall clock and never overtakes it.
 *
 * A board that is simulated more slowly than real time falls behind; what it has lost is not made up for, or it would
 * race as soon as it can. Every call lets the host's other work go on for a moment.
 */
export function wallPacer(wall: Wall = thisWall): (until: Picoseconds) => Promise<void> {
  /** The board's time minus the wall's; shrinks when the board has fallen too far behind. */
  let offset: Picoseconds | undefined;
  return async (until) => {
    const now = wall.now();
    offset = Math.min(offset ?? until - now, until + FORGIVEN - now);
    const due = until - offset;
    for (let left = due - now; left > 0; left = due - wall.now()) await wall.wait(Math.ceil(left / MILLISECOND));
    await wall.wait(0);
  };
}

/** Begins a time in which a board in lock-step lives at the wall clock's pace; each call lets so many microseconds pass. */
export function pacedRest(clock: Clock): (us: number, signal?: AbortSignal) => Promise<void> {
  const pace = wallPacer();
  return async (us, signal) => {
    await pace(clock.now() + us * MICROSECOND);
    if (!signal?.aborted) await clock.sleep(us, signal);
  };
}
