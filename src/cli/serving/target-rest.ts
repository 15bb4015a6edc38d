import { pacedRest } from "../../node/boards/pacer.ts";
import type { OpenProbe } from "../../node/probes.ts";

/** Lets so many microseconds of the target's time pass; resolves early when the signal aborts. */
export type Rest = (us: number, signal: AbortSignal) => Promise<void>;

/** How a server waits for a target: a simulated board lives at the wall clock's pace meanwhile. */
export function restOf({ clock, clockKind }: OpenProbe): Rest {
  const rest =
    clockKind === "virtual" ? pacedRest(clock) : (us: number, signal?: AbortSignal) => clock.sleep(us, signal);
  return (us, signal) =>
    rest(us, signal).catch((error: unknown) => (signal.aborted ? undefined : Promise.reject(error)));
}
