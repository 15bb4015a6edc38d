import { type Clock, MILLISECOND } from "../base/clock.ts";
import { type OnPhase, PHASES, type Phase, type PhaseTimes } from "./progress.ts";

/** Adds up the time of each phase; phases may alternate. */
export class Stopwatch {
  private readonly clock: Clock;
  private readonly onPhase: OnPhase;
  private readonly spent = new Map<Phase, number>();

  constructor(clock: Clock, onPhase: OnPhase = () => {}) {
    this.clock = clock;
    this.onPhase = onPhase;
  }

  /** Runs `work` on the account of one phase, also when it throws. */
  async time<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const from = this.clock.now();
    this.onPhase(phase);
    try {
      return await work();
    } finally {
      this.spent.set(phase, (this.spent.get(phase) ?? 0) + this.clock.now() - from);
      this.onPhase(undefined);
    }
  }

  /** Milliseconds by phase; 0 for phases that did not happen. */
  times(): PhaseTimes {
    const of = (phase: Phase) => (this.spent.get(phase) ?? 0) / MILLISECOND;
    return Object.fromEntries(PHASES.map((phase) => [phase, of(phase)])) as Record<Phase, number>;
  }
}
