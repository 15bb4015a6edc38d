import { MICROSECOND, type Picoseconds } from "../../../base/clock.ts";
import type { ResetCause } from "./peripherals/rcm.ts";
import { type Saved, type Stateful, savedFlag } from "../../chip/saved.ts";
import type { Timeline } from "../../chip/timeline.ts";

/**
 * From the cause of a reset to the end of flash initialisation and the load of the FCF (unsure). It is most of a reset:
 * a chip in a reset loop shows "flash not ready" and "secure" most of the time (OpenOCD, `mdm check_security`).
 */
const FLASH_INIT: Picoseconds = 145 * MICROSECOND;
/** From the cause of a reset to its end, when nothing else holds the system (unsure). */
const RESET_LENGTH: Picoseconds = 170 * MICROSECOND;
/** The same at power-on (t_POR, K64 data sheet, at most 300 us; unsure). */
const POWER_ON_LENGTH: Picoseconds = 300 * MICROSECOND;

const FLASH_READY = "flashReady";
const RESET_END = "resetEnd";

/** Who keeps the system in reset from outside the sequence. */
export type ResetHolder = "pin" | "mdm";

/** What a reset does to the chip, step by step. */
export interface ResetHooks {
  /** Everything goes to its reset values; the core stops. */
  enter(cause: ResetCause): void;
  /** Flash initialisation ends: the FCF is loaded, the flash controller ready. */
  flashReady(): void;
  /** The system leaves reset. */
  leave(): void;
}

/** The way of a reset: entered for a cause, flash initialised, and left when the sequence and every holder let go. */
export class ResetSequence implements Stateful {
  private ready = false;
  private reset = true;
  private running = false;
  private off = true;
  private readonly holders = new Set<ResetHolder>();
  private readonly timeline: Timeline;
  private readonly hooks: ResetHooks;

  constructor(timeline: Timeline, hooks: ResetHooks) {
    this.timeline = timeline;
    this.hooks = hooks;
    timeline.on(FLASH_READY, () => this.initialised());
    timeline.on(RESET_END, () => this.end());
  }

  /** Whether flash is initialised, so that security is known. */
  get flashReady(): boolean {
    return this.ready;
  }

  /** Whether the system is in reset. */
  get inReset(): boolean {
    return this.reset;
  }

  /** A reset begins, or begins again. */
  begin(cause: ResetCause): void {
    const start = this.timeline.now;
    this.ready = false;
    this.reset = true;
    this.running = true;
    this.off = false;
    this.hooks.enter(cause);
    this.timeline.set(FLASH_READY, start + FLASH_INIT);
    this.timeline.set(RESET_END, start + (cause === "POR" ? POWER_ON_LENGTH : RESET_LENGTH));
  }

  /** The pin or the MDM-AP asks for reset, until `release`. */
  hold(holder: ResetHolder): void {
    if (this.holders.has(holder)) return;
    this.holders.add(holder);
    if (!this.off) this.begin(holder === "pin" ? "PIN" : "MDM_AP");
  }

  release(holder: ResetHolder): void {
    if (this.holders.delete(holder)) this.leaveIfFree();
  }

  /** Power off: nothing runs; the pin stays as it is. */
  powerOff(): void {
    this.ready = false;
    this.reset = true;
    this.running = false;
    this.off = true;
    this.holders.delete("mdm");
  }

  save(): Saved {
    const { ready, reset, running, off } = this;
    return { ready, reset, running, off, pin: this.holders.has("pin"), mdm: this.holders.has("mdm") };
  }

  restore(saved: Saved): void {
    this.ready = savedFlag(saved, "ready");
    this.reset = savedFlag(saved, "reset");
    this.running = savedFlag(saved, "running");
    this.off = savedFlag(saved, "off");
    this.holders.clear();
    if (savedFlag(saved, "pin")) this.holders.add("pin");
    if (savedFlag(saved, "mdm")) this.holders.add("mdm");
  }

  private initialised(): void {
    this.ready = true;
    this.hooks.flashReady();
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
