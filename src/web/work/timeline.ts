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

/** Most slices: in a job whose phases alternate more often, a phase's last slice takes the rest of it. */
const MOST = 1_000;

/** What was counted up to a moment. */
type Counted = Pick<TimeSlice, "roundTrips" | "bytesOut" | "bytesIn"> & { readonly at: number };

/** What a job does when: a slice for each time that a phase lasted, with what went over the wire meanwhile. */
export class Timeline {
  readonly slices: TimeSlice[] = [];
  private readonly clock: Pick<Clock, "now">;
  private readonly traffic: Traffic;
  private readonly begun: number;
  private phase: string | undefined;
  private from: Counted;

  constructor(clock: Pick<Clock, "now">, traffic: Traffic) {
    this.clock = clock;
    this.traffic = traffic;
    this.from = this.now();
    this.begun = this.from.at;
  }

  /** A phase begins, or with undefined ends: what a job's `onPhase` receives. */
  readonly note = (phase: string | undefined): void => {
    if (this.phase !== undefined) this.add(this.phase);
    this.from = this.now();
    this.phase = phase;
  };

  private add(phase: string): void {
    const [from, to] = [this.from, this.now()];
    const slice = {
      phase,
      startMs: (from.at - this.begun) / MILLISECOND,
      ms: (to.at - from.at) / MILLISECOND,
      roundTrips: to.roundTrips - from.roundTrips,
      bytesOut: to.bytesOut - from.bytesOut,
      bytesIn: to.bytesIn - from.bytesIn,
    };
    const last = this.slices.length < MOST ? -1 : this.slices.findLastIndex((other) => other.phase === phase);
    if (last < 0) this.slices.push(slice);
    else this.slices[last] = joined(this.slices[last], slice);
  }

  private now(): Counted {
    const { roundTrips, bytesOut, bytesIn } = this.traffic;
    return { at: this.clock.now(), roundTrips, bytesOut, bytesIn };
  }
}

const joined = (a: TimeSlice, b: TimeSlice): TimeSlice => ({
  phase: a.phase,
  startMs: a.startMs,
  ms: a.ms + b.ms,
  roundTrips: a.roundTrips + b.roundTrips,
  bytesOut: a.bytesOut + b.bytesOut,
  bytesIn: a.bytesIn + b.bytesIn,
});
