import type { Clock, Picoseconds } from "../../../src/base/clock.ts";
import { MICROSECOND } from "../../../src/base/clock.ts";

/** A clock that a test advances by hand; sleeping advances it too. */
export class FakeClock implements Clock {
  private time: Picoseconds = 0;
  private alarms: { at: Picoseconds; ring: () => void }[] = [];

  now(): Picoseconds {
    return this.time;
  }

  async sleep(us: number): Promise<void> {
    this.pass(us * MICROSECOND);
  }

  alarm(at: Picoseconds, ring: () => void): () => void {
    const alarm = { at, ring };
    this.alarms.push(alarm);
    return () => {
      this.alarms = this.alarms.filter((other) => other !== alarm);
    };
  }

  /** Passes time and rings what is due. */
  pass(by: Picoseconds): void {
    this.time += by;
    const due = this.alarms.filter(({ at }) => at <= this.time);
    this.alarms = this.alarms.filter(({ at }) => at > this.time);
    for (const { ring } of due) ring();
  }
}
