import { type Clock, MILLISECOND } from "../../base/clock.ts";
import type { TraceRecord, TraceSink } from "../../base/trace.ts";
import type { TimeSlice } from "../protocol.ts";

/** Counts what goes over a probe's wire, out of its trace. */
export class Traffic implements TraceSink {
  readonly level = "trace";
  roundTrips = 0;
  bytesOut = 0;
  bytesIn = 0;

  write({ layer, event, fields }: TraceRecord): void {
    if (layer !== "usb") return;
    const length = Number(fields["length"] ?? 0);
    if (event.startsWith("out")) this.bytesOut += length;
    else this.roundTrips++;
    if (event.startsWith("in")) this.bytesIn += length;
  }
}

/** Most slices: a job whose phases alternate more often has the rest in the last one. */
const MOST = 400;

/** What a job does when, by the progress that it reports: a phase lasts until another one reports. */
export class Timeline {
  private readonly clock: Pick<Clock, "now">;
  private readonly traffic: Traffic;
  private readonly begun: number;
  private readonly done: TimeSlice[] = [];
  private phase = "prepare";
  private from: {
    readonly at: number;
    readonly roundTrips: number;
    readonly bytesOut: number;
    readonly bytesIn: number;
  };

  constructor(clock: Pick<Clock, "now">, traffic: Traffic) {
    this.clock = clock;
    this.traffic = traffic;
    this.from = this.now();
    this.begun = this.from.at;
  }

  /** A phase reports. */
  note(phase: string): void {
    if (phase === this.phase || this.done.length >= MOST) return;
    this.cut();
    this.phase = phase;
  }

  /** Ends the last phase, and answers all. */
  slices(): readonly TimeSlice[] {
    this.cut();
    return this.done;
  }

  private cut(): void {
    const { from } = this;
    this.from = this.now();
    this.done.push({
      phase: this.phase,
      startMs: (from.at - this.begun) / MILLISECOND,
      ms: (this.from.at - from.at) / MILLISECOND,
      roundTrips: this.from.roundTrips - from.roundTrips,
      bytesOut: this.from.bytesOut - from.bytesOut,
      bytesIn: this.from.bytesIn - from.bytesIn,
    });
  }

  private now() {
    const { roundTrips, bytesOut, bytesIn } = this.traffic;
    return { at: this.clock.now(), roundTrips, bytesOut, bytesIn };
  }
}
