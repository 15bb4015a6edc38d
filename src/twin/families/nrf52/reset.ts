import { MICROSECOND, type Picoseconds } from "../../../base/clock.ts";
import { type Saved, type Stateful, savedFlag } from "../../chip/saved.ts";
import type { Timeline } from "../../chip/timeline.ts";

/** What a reset comes from; each has its bit in RESETREAS, but for power-on. */
export type ResetCause = "POR" | "PIN" | "DOG" | "SREQ" | "LOCKUP";

/** From the cause of a reset to the first instruction (unsure). */
const RESET_LENGTH: Picoseconds = 40 * MICROSECOND;
/** The same at power-on (t_POR with a fast supply; unsure). */
const POWER_ON_LENGTH: Picoseconds = 1_000 * MICROSECOND;
const RESET_END = "resetEnd";

/** Who keeps the system in reset from outside the sequence. */
export type ResetHolder = "pin" | "ctrlAp";

/** What a reset does to the chip, step by step. */
export interface ResetHooks {
  /** Everything goes to its reset values; the core stops. */
  enter(cause: ResetCause): void;
  /** The system leaves reset. */
  leave(): void;
}

/** The way of a reset: entered for a cause, and left when its time is over and every holder has let go. */
export class ResetSequence implements Stateful {
  private reset = true;
  private running = false;
  private off = true;
  private readonly holders = new Set<ResetHolder>();
  private readonly timeline: Timeline;
  private readonly hooks: ResetHooks;

  constructor(timeline: Timeline, hooks: ResetHooks) {
    this.timeline = timeline;
    this.hooks = hooks;
    timeline.on(RESET_END, () => this.end());
  }

  /** Whether the system is in reset. */
  get inReset(): boolean {
    return this.reset;
  }

  /** A reset begins, or begins again. */
  begin(cause: ResetCause): void {
    this.reset = true;
    this.running = true;
    this.off = false;
    this.hooks.enter(cause);
    this.timeline.set(RESET_END, this.timeline.now + (cause === "POR" ? POWER_ON_LENGTH : RESET_LENGTH));
  }

  /** The pin or the CTRL-AP asks for reset, until `release`. */
  hold(holder: ResetHolder): void {
    if (this.holders.has(holder)) return;
    this.holders.add(holder);
    if (!this.off) this.begin(holder === "pin" ? "PIN" : "SREQ");
  }

  release(holder: ResetHolder): void {
    if (this.holders.delete(holder)) this.leaveIfFree();
  }

  /** Power off: nothing runs; the pin stays as it is. */
  powerOff(): void {
    this.reset = true;
    this.running = false;
    this.off = true;
    this.holders.delete("ctrlAp");
  }

  save(): Saved {
    const { reset, running, off } = this;
    return { reset, running, off, pin: this.holders.has("pin"), ctrlAp: this.holders.has("ctrlAp") };
  }

  restore(saved: Saved): void {
    this.reset = savedFlag(saved, "reset");
    this.running = savedFlag(saved, "running");
    this.off = savedFlag(saved, "off");
    this.holders.clear();
    for (const holder of ["pin", "ctrlAp"] as const) if (savedFlag(saved, holder)) this.holders.add(holder);
  }

  private end(): void {
    this.running = false;
    this.leaveIfFree();
  }

  private leaveIfFree(): void {
    if (!this.reset || this.running || this.off || this.holders.size > 0) return;
    this.reset = false;
    this.hooks.leave();
  }
}
