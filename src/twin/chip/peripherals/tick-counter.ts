import { type Picoseconds, SECOND } from "../../../base/clock.ts";
import { type Saved, type Stateful, savedNumber } from "../saved.ts";
import type { Timeline } from "../timeline.ts";

const STOPPED: Picoseconds = -1;
/** Part of a tick that counts as whole: what rounding a time to picoseconds and back may lose. */
const ROUNDING = 1e-6;

/** Counts the whole ticks of a clock that can be stopped and change its rate; a part of a tick is lost then. */
export class TickCounter implements Stateful {
  private readonly timeline: Timeline;
  private counted = 0;
  private since: Picoseconds = STOPPED;
  private hz = 0;

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  /** Ticks so far. */
  get count(): number {
    return this.counted + this.ticksSince();
  }

  /** Counts on at a rate in hertz; 0 stops. The same rate again changes nothing. */
  run(hz: number): void {
    if (hz === this.hz) return;
    this.counted = this.count;
    this.hz = hz;
    this.since = hz === 0 ? STOPPED : this.timeline.now;
  }

  /** When the counter reaches `count`, or Infinity. */
  timeOf(count: number): Picoseconds {
    if (this.since === STOPPED) return Number.POSITIVE_INFINITY;
    return this.since + Math.ceil(((count - this.counted) * SECOND) / this.hz);
  }

  save(): Saved {
    const age = this.since === STOPPED ? STOPPED : this.timeline.now - this.since;
    return { counted: this.counted, hz: this.hz, age };
  }

  restore(saved: Saved): void {
    const age = savedNumber(saved, "age");
    this.counted = savedNumber(saved, "counted");
    this.hz = savedNumber(saved, "hz");
    this.since = age === STOPPED ? STOPPED : this.timeline.now - age;
  }

  private ticksSince(): number {
    if (this.since === STOPPED) return 0;
    return Math.floor(((this.timeline.now - this.since) * this.hz) / SECOND + ROUNDING);
  }
}
