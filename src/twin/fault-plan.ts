import { MILLISECOND, type Picoseconds } from "../base/clock.ts";
import { Prng } from "./chip/prng.ts";
import { type Fault, type FaultCounter, type FaultKind, type FaultPlace, formatFaults, placeOf } from "./faults.ts";

/** How often each fault of a plan has struck, by its spec. */
export type FaultsFired = readonly { readonly fault: string; readonly count: number }[];

interface Planned {
  readonly fault: Fault;
  readonly place: FaultPlace;
  left: number;
  armed: boolean;
  fired: number;
}

/**
 * Counts a twin's transfers and flash commands and says which fault strikes when.
 *
 * A fault whose point is reached is armed, and strikes at the next opportunities of its own place, count times. So
 * `wait@dap=1200x5` strikes SWD transfers 1200 to 1204, and `late@dap=9:50` the first USB answer from then on.
 */
export class FaultPlan {
  private readonly planned: readonly Planned[];
  private readonly counts = { usb: 0, dap: 0, flash: 0 };
  private readonly start: Picoseconds;
  private readonly prng: Prng;

  constructor(faults: readonly Fault[], seed: number, start: Picoseconds = 0) {
    this.planned = faults.map(plan);
    this.start = start;
    this.prng = new Prng(seed);
  }

  /** Whether anything can strike at this place, or waits for this count. */
  concerns(place: FaultPlace): boolean {
    return this.planned.some((one) => one.place === place || one.fault.point.on === place);
  }

  /** The faults of a place, for a caller that can look ahead. */
  at(place: FaultPlace): readonly Fault[] {
    return this.planned.filter((one) => one.place === place).map((one) => one.fault);
  }

  /** The moments at which faults of a place are armed by time. */
  times(place: FaultPlace): readonly Picoseconds[] {
    const points = this.at(place).map((fault) => fault.point);
    return points.flatMap((point) => (point.on === "ms" ? [this.start + point.n * MILLISECOND] : []));
  }

  /** Counts one USB transfer, SWD transfer or flash command. */
  reach(counter: FaultCounter, now: Picoseconds): void {
    const n = ++this.counts[counter];
    for (const one of this.planned) if (one.fault.point.on === counter && one.fault.point.n === n) one.armed = true;
    this.tick(now);
  }

  /** Arms what was waiting for this time. */
  tick(now: Picoseconds): void {
    for (const one of this.planned) {
      const { point } = one.fault;
      if (point.on === "ms" && now >= this.start + point.n * MILLISECOND) one.armed = true;
    }
  }

  /** The first of these kinds that strikes now; it counts as fired. */
  take(kinds: readonly FaultKind[], suits: (fault: Fault) => boolean = () => true): Fault | undefined {
    const fits = (one: Planned) => one.left > 0 && kinds.includes(one.fault.kind) && suits(one.fault);
    const struck = this.planned.find((one) => fits(one) && this.strikes(one));
    if (struck === undefined) return undefined;
    struck.left--;
    struck.fired++;
    return struck.fault;
  }

  /** How often each fault has struck so far, in the order of the spec. */
  fired(): FaultsFired {
    return this.planned.map((one) => ({ fault: formatFaults([one.fault]), count: one.fired }));
  }

  private strikes(one: Planned): boolean {
    const { point } = one.fault;
    return point.on === "p" ? this.prng.next() < point.rate * 2 ** 32 : one.armed;
  }
}

const plan = (fault: Fault): Planned => ({
  fault,
  place: placeOf(fault.kind),
  left: fault.count ?? (fault.point.on === "p" ? Number.POSITIVE_INFINITY : 1),
  armed: false,
  fired: 0,
});
