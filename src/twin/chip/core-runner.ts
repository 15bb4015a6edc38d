import type { Picoseconds } from "../../base/clock.ts";
import type { Cpu } from "../cpu/seam.ts";
import { CoreClock } from "./core-clock.ts";
import type { Timeline } from "./timeline.ts";

/** Cycles that a running core gets before the rest of the chip looks up: about 100 us on the reset clock. */
const RUNNING_SLICE = 2048;
/** The same for a sleeping core, which only counts. */
const SLEEPING_SLICE = 1 << 20;

/**
 * Runs the core along the chip's timeline.
 *
 * A slice may outrun events that it causes itself, so every access of the core to a peripheral first calls `catchUp`,
 * and whatever is due then happens before the access. Only interrupts and resets from events may be late, by a slice.
 */
export class CoreRunner {
  private readonly cpu: Cpu;
  private readonly timeline: Timeline;
  private readonly clock: CoreClock;
  private startCycles = 0;
  private isInside = false;

  private readonly afterSlice: () => void;

  /** `afterSlice` is called when the core may have halted, slept or woken. */
  constructor(cpu: Cpu, timeline: Timeline, hz: number, afterSlice: () => void) {
    this.afterSlice = afterSlice;
    this.cpu = cpu;
    this.timeline = timeline;
    this.clock = new CoreClock(hz);
  }

  /** Everything on the chip catches up with the instruction that the core is in the middle of. */
  catchUp(): void {
    if (this.isInside) this.timeline.catchUp(this.clock.timeAfter(this.cpu.cycles - this.startCycles));
  }

  /** Up to which count of `Cpu.cycles` the chip's next event is surely still to come, for a core in the middle of a slice. */
  cyclesBeforeEvent(): number {
    return this.startCycles + this.clock.cyclesUntil(this.timeline.next);
  }

  /** Core and chip advance to `at`. */
  advance(at: Picoseconds): void {
    while (this.timeline.now < at) {
      this.timeline.catchUp(this.runCore(Math.min(at, this.timeline.next)));
      this.afterSlice();
    }
    this.timeline.catchUp(at);
  }

  /**
   * The access that the core is in the middle of takes until `at`: its cycles pass, and what is due by then happens.
   * Answers false where that reset the core or where nothing would ever end the wait.
   */
  stallUntil(at: Picoseconds): boolean {
    const spent = this.cpu.cycles - this.startCycles;
    const cycles = Math.max(1, this.clock.cyclesUntil(at) + 1 - spent);
    if (!this.isInside || !Number.isFinite(cycles)) return false;
    this.cpu.stall(cycles);
    this.catchUp();
    return this.cpu.state === "running";
  }

  /** Runs the core alone towards `to`, in slices; answers how far it came. For chips with several cores. */
  runTo(to: Picoseconds): Picoseconds {
    for (let last = this.timeline.now; ; ) {
      const reached = this.runCore(to);
      this.afterSlice();
      if (reached >= to || reached <= last) return reached;
      last = reached;
    }
  }

  /** The core clock, in hertz. */
  get hz(): number {
    return this.clock.rate;
  }

  /** Another core clock from now on. */
  setHz(hz: number): void {
    this.catchUp();
    this.startCycles = this.cpu.cycles;
    this.clock.startAt(this.timeline.now, hz);
  }

  /** A core that begins to run begins a cycle now. */
  align(): void {
    if (!this.isInside) this.clock.startAt(this.timeline.now);
  }

  /** Runs one slice towards `to`; answers how far the chip may follow. */
  private runCore(to: Picoseconds): Picoseconds {
    const { state } = this.cpu;
    if (state !== "running" && state !== "sleeping") return this.pass(to);
    const wanted = this.clock.cyclesUntil(to);
    const budget = Math.min(wanted, state === "running" ? RUNNING_SLICE : SLEEPING_SLICE);
    const used = this.runInside(budget);
    // A core that locks up in its first cycle may have begun a reset, whose events then come first.
    if (used === 0 && budget > 0) return this.pass(Math.min(to, this.timeline.next));
    return used < wanted ? Math.min(to, this.clock.timeAfter(0)) : to;
  }

  private runInside(budget: number): number {
    this.startCycles = this.cpu.cycles;
    this.isInside = true;
    this.cpu.run(budget);
    this.isInside = false;
    const used = Math.max(0, this.cpu.cycles - this.startCycles);
    this.clock.spend(used);
    return used;
  }

  private pass(to: Picoseconds): Picoseconds {
    this.clock.startAt(to);
    return to;
  }
}

/** The longest that one of several cores runs before the others follow, in picoseconds: 20 us. */
const TOGETHER: Picoseconds = 20_000_000;

/** Advances a chip with several cores to `at`: each in turn, never further apart than a short slice or the next event. */
export function advanceTogether(runners: readonly CoreRunner[], timeline: Timeline, at: Picoseconds): void {
  while (timeline.now < at) {
    const to = Math.min(at, timeline.next, timeline.now + TOGETHER);
    for (const runner of runners) runner.runTo(to);
    timeline.catchUp(to);
  }
  timeline.catchUp(at);
}
