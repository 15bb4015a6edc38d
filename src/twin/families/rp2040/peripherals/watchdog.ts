import { MICROSECOND, type Picoseconds } from "../../../../base/clock.ts";
import { type Saved, savedNumber } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { Words, words } from "../words.ts";

const EVENT = "watchdog";
const ENABLE = 0x40000000;
const TRIGGER = 0x80000000;
const PAUSE_DBG = 0x07000000;
const TICK_ENABLE = 0x200;
const TICK_RUNNING = 0x400;
/** Counted down twice a tick (erratum RP2040-E1). */
const STEPS_A_TICK = 2;
const NEVER = -1;

/** What the watchdog asks of the chip. */
export interface WatchdogHooks {
  /** It ran out, or was triggered. */
  expired(): void;
  /** The tick of 1 MHz that timer and watchdog count was switched. */
  tickChanged(): void;
  /** CLK_REF in hertz, which the tick is divided from. */
  refHz(): number;
}

/** WATCHDOG: counts down on the tick, keeps scratch words over every reset but power-on (data sheet 4.7). */
export class Watchdog extends Words {
  private readonly timeline: Timeline;
  private readonly hooks: WatchdogHooks;
  /** When the count was loaded, and with what; `NEVER` where it does not count. */
  private since: Picoseconds = NEVER;
  private count = 0;
  private halted = false;

  constructor(timeline: Timeline, hooks: WatchdogHooks) {
    super("WATCHDOG");
    this.define([
      {
        name: "CTRL",
        offset: 0x00,
        reset: 0x07000000,
        writable: ENABLE | PAUSE_DBG,
        read: (kept) => (kept & ~0xffffff) | this.left,
        wrote: (written) => this.controlled(written),
        lively: true,
      },
      { name: "LOAD", offset: 0x04, writable: 0, wrote: (value) => this.load(value & 0xffffff) },
      { name: "REASON", offset: 0x08, writable: 0 },
      ...words(8, 0x0c, 4, (n) => ({ name: `SCRATCH${n}` })),
      {
        name: "TICK",
        offset: 0x2c,
        reset: TICK_ENABLE,
        read: (kept) => (kept & TICK_ENABLE ? kept | TICK_RUNNING : kept),
        wrote: () => hooks.tickChanged(),
      },
    ]);
    this.timeline = timeline;
    this.hooks = hooks;
    timeline.on(EVENT, () => this.expire(1));
  }

  /** Ticks a second; 0 while the tick is off or its divider is not set. */
  get tickHz(): number {
    const tick = this.get("TICK");
    const cycles = tick & 0x1ff;
    return (tick & TICK_ENABLE) === 0 || cycles === 0 ? 0 : this.hooks.refHz() / cycles;
  }

  /** The scratch words outlive this reset; the reason says what it was. */
  systemReset(reason: number): void {
    const kept = Array.from({ length: 8 }, (_, n) => this.get(`SCRATCH${n}`));
    this.reset();
    kept.forEach((word, n) => void this.set(`SCRATCH${n}`, word));
    this.set("REASON", reason);
    this.since = NEVER;
    this.timeline.clear(EVENT);
  }

  /** A core is halted by a debugger: the count stands still where PAUSE bits say so. */
  setHalted(halted: boolean): void {
    if (halted === this.halted) return;
    const left = this.left;
    this.halted = halted;
    if (this.since !== NEVER) this.load(left);
  }

  override save(): Saved {
    return { ...super.save(), left: this.left, counting: this.since === NEVER ? 0 : 1 };
  }

  override restore(saved: Saved): void {
    super.restore(saved);
    this.count = savedNumber(saved, "left");
    this.since = savedNumber(saved, "counting") === 1 ? this.timeline.now : NEVER;
  }

  private get stepHz(): number {
    const isPaused = this.halted && (this.get("CTRL") & PAUSE_DBG) !== 0;
    return isPaused ? 0 : this.tickHz * STEPS_A_TICK;
  }

  private get left(): number {
    if (this.since === NEVER) return this.count;
    const steps = Math.floor(((this.timeline.now - this.since) / MICROSECOND) * (this.stepHz / 1e6));
    return Math.max(0, this.count - steps);
  }

  private load(count: number): void {
    this.count = count;
    this.timeline.clear(EVENT);
    this.since = (this.get("CTRL") & ENABLE) === 0 ? NEVER : this.timeline.now;
    if (this.since === NEVER || this.stepHz === 0) return;
    this.timeline.set(EVENT, this.timeline.now + Math.ceil((count * 1e12) / this.stepHz));
  }

  private controlled(written: number): void {
    if ((written & TRIGGER) !== 0) return void this.expire(2);
    this.load(this.left);
  }

  /** REASON: 1 timer, 2 forced. */
  private expire(reason: number): void {
    this.set("REASON", reason);
    this.hooks.expired();
  }
}
