import { type Clock, type Picoseconds, SECOND } from "../base/clock.ts";

/** A run that begins later than this after a Ctrl-C is one that the user wants. */
const REMEMBERED: Picoseconds = SECOND;

/**
 * A Ctrl-C that crossed a stop on its way. GDB takes many stops for itself (behind each call that `next` steps over) and
 * goes on at once, so that the user's Ctrl-C has to end the run that comes next.
 */
export class LateInterrupt {
  private readonly clock: Pick<Clock, "now">;
  private cameAt: Picoseconds | undefined;

  constructor(clock: Pick<Clock, "now">) {
    this.clock = clock;
  }

  /** Notes a Ctrl-C that has ended no run. */
  note(): void {
    this.cameAt = this.clock.now();
  }

  /** Drops it: the client has shown the stop to its user. */
  forget(): void {
    this.cameAt = undefined;
  }

  /** Whether the run that begins now is to end at once; asked once, it is no more. */
  take(): boolean {
    const { cameAt } = this;
    this.forget();
    return cameAt !== undefined && this.clock.now() - cameAt <= REMEMBERED;
  }
}
