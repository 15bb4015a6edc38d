import { checkIo } from "../../base/deadlines.ts";
import type { Call } from "./handler.ts";

/** Milliseconds between two moments at which Ctrl-C is handled, on the target's clock. */
const SLICE_MS = 100;

/**
 * Does a wait in slices, and lets the event loop run in between; `wait` answers whether it is over. Throws what the
 * caller's limits do.
 */
export async function inSlices(call: Call, ms: number, wait: (ms: number) => Promise<boolean>): Promise<boolean> {
  for (let left = ms; ; left -= SLICE_MS) {
    checkIo(call.host.clock, call.io, "a line's wait");
    if (await wait(Math.max(0, Math.min(left, SLICE_MS)))) return true;
    if (left <= SLICE_MS) return false;
    await call.host.breathe?.();
  }
}

/** Does something so many times, and lets the event loop run now and then. */
export async function repeatedly(call: Call, times: number, act: () => Promise<void>): Promise<void> {
  for (let i = 0; i < times; i++) {
    if (i % EVERY === EVERY - 1) await call.host.breathe?.();
    await act();
  }
}

/** Steps between two such moments. */
const EVERY = 50;
