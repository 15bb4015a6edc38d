import { type Picoseconds, SECOND } from "../../base/clock.ts";

/** Converts between core cycles and time at a rate that may change, without drifting: one second is exactly `hz` cycles. */
export class CoreClock {
  private hz: number;
  private anchor: Picoseconds = 0;
  private cycles = 0;

  constructor(hz: number) {
    this.hz = hz;
  }

  /** Cycles a second. */
  get rate(): number {
    return this.hz;
  }

  /** When the cycle after `more` further ones begins. */
  timeAfter(more: number): Picoseconds {
    return this.anchor + Math.round(((this.cycles + more) * SECOND) / this.hz);
  }

  /** How many whole cycles fit until `at`. */
  cyclesUntil(at: Picoseconds): number {
    return Math.max(0, Math.floor(((at - this.anchor) * this.hz) / SECOND) - this.cycles);
  }

  /** Counts cycles as spent. */
  spend(cycles: number): void {
    this.cycles += cycles;
    while (this.cycles >= this.hz) {
      this.cycles -= this.hz;
      this.anchor += SECOND;
    }
  }

  /** Begins a cycle at `at`: after a pause in which the core did nothing, or with another rate. */
  startAt(at: Picoseconds, hz = this.hz): void {
    this.hz = hz;
    this.anchor = at;
    this.cycles = 0;
  }
}
