import { MICROSECOND, type Picoseconds } from "../../../base/clock.ts";
import { type Saved, type Stateful, savedFlag } from "../../chip/saved.ts";
import type { Timeline } from "../../chip/timeline.ts";
import type { ResetCause } from "./peripherals/rcc.ts";

/** A reset by the system pulls the pin low for at least 20 us, in which the options are loaded (RM0090, 7.1; length unsure). */
const RESET_LENGTH: Picoseconds = 25 * MICROSECOND;
/** From the supply to the first instruction (t_RSTTEMPO, STM32F40x data sheet: 0.5 to 3 ms (unsure)). */
const POWER_ON_LENGTH: Picoseconds = 1_500 * MICROSECOND;

const RESET_END = "resetEnd";

/** What a reset does to the chip. */
export interface ResetHooks {
  /** Everything goes to its reset values; the core stops. */
  enter(cause: ResetCause): void;
  /** The system leaves reset. */
  leave(): void;
}

/** The way of a reset: entered for a cause, and left when its time is over and the pin is high. */
export class ResetSequence implements Stateful {
  private reset = true;
  private running = false;
  private off = true;
  private pinLow = false;
  private readonly timeline: Timeline;
  private readonly hooks: ResetHooks;

  constructor(timeline: Timeline, hooks: ResetHooks) {
    this.timeline = timeline;
    this.hooks = hooks;
    timeline.on(RESET_END, () => this.end());
  }

  get inReset(): boolean {
    return this.reset;
  }

  /** A reset begins, or begins again. */
  begin(cause: ResetCause): void {
    this.reset = true;
    this.running = true;
    this.off = false;
    this.hooks.enter(cause);
    this.timeline.set(RESET_END, this.timeline.now + (cause === "power" ? POWER_ON_LENGTH : RESET_LENGTH));
  }

  /** The board's level on NRST. */
  setPin(level: 0 | 1): void {
    const wasLow = this.pinLow;
    this.pinLow = level === 0;
    if (this.pinLow && !wasLow && !this.off) this.begin("pin");
    else this.leaveIfFree();
  }

  /** Power off: nothing runs; the pin stays as it is. */
  powerOff(): void {
    this.reset = true;
    this.running = false;
    this.off = true;
  }

  save(): Saved {
    const { reset, running, off, pinLow } = this;
    return { reset, running, off, pinLow };
  }

  restore(saved: Saved): void {
    this.reset = savedFlag(saved, "reset");
    this.running = savedFlag(saved, "running");
    this.off = savedFlag(saved, "off");
    this.pinLow = savedFlag(saved, "pinLow");
  }

  private end(): void {
    this.running = false;
    this.leaveIfFree();
  }

  private leaveIfFree(): void {
    if (!this.reset || this.running || this.off || this.pinLow) return;
    this.reset = false;
    this.hooks.leave();
  }
}
