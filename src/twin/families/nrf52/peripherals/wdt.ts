import { type Picoseconds, SECOND } from "../../../../base/clock.ts";
import type { u32 } from "../../../../base/u32.ts";
import { type Saved, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { ResetCause } from "../reset.ts";
import { type BlockHooks, EventBlock } from "./event-block.ts";

const START = 0x00;
const TIMEOUT = 0x100;
const REG = { RUNSTATUS: 0x400, REQSTATUS: 0x404, CRV: 0x504, RREN: 0x508, CONFIG: 0x50c, RR: 0x600 } as const;
const CONFIG = { SLEEP: 1, HALT: 8 } as const;
/** What reloads, written to one of eight request registers (MDK, WDT_RR_RR_Reload). */
const RELOAD = 0x6e524635;
const LFCLK_HZ = 32_768;
/** From the time-out event to the reset: two cycles of the 32 kHz clock. */
const GRACE: Picoseconds = Math.round((2 * SECOND) / LFCLK_HZ);
const NEVER: Picoseconds = -1;
const DUE = "wdtTimeout";
const BITE = "wdtReset";

/** What the watchdog asks of the chip around it. */
export interface WdtHooks extends BlockHooks {
  bite(): void;
}

/**
 * The watchdog: off until the firmware starts it, and then without a stop; a soft reset does not end it (unsure for a
 * lockup's). It pauses with the core halted by a debugger, or asleep, where CONFIG says so.
 */
export class Wdt extends EventBlock {
  private readonly timeline: Timeline;
  private running = false;
  private requests = 0;
  /** Counted time since the last reload, up to `since`. */
  private elapsed: Picoseconds = 0;
  private since: Picoseconds = NEVER;
  private core: "running" | "sleeping" | "halted" = "halted";

  constructor(timeline: Timeline, hooks: WdtHooks) {
    super("WDT", hooks, { [REG.CRV]: 0xffffffff, [REG.RREN]: 1, [REG.CONFIG]: CONFIG.SLEEP });
    this.timeline = timeline;
    timeline.on(DUE, () => this.timedOut());
    timeline.on(BITE, () => hooks.bite());
  }

  /** What the core does: the counter may pause. */
  coreIs(state: "running" | "sleeping" | "halted"): void {
    if (state === this.core) return;
    this.core = state;
    this.count();
  }

  /** A reset of any kind: a soft one leaves the watchdog alone. */
  systemReset(cause: ResetCause): void {
    if (cause === "SREQ" || cause === "LOCKUP") return;
    this.running = false;
    this.elapsed = 0;
    this.since = NEVER;
    this.requests = 0;
    super.reset();
    this.schedule();
  }

  override reset(): void {}

  override save(): Saved {
    const { running, requests } = this;
    return { block: super.save(), running, requests, counted: this.counted, counting: this.since !== NEVER };
  }

  override restore(saved: Saved): void {
    super.restore(savedPart(saved, "block"));
    this.running = savedFlag(saved, "running");
    this.requests = savedNumber(saved, "requests");
    this.elapsed = savedNumber(saved, "counted");
    this.since = savedFlag(saved, "counting") ? this.timeline.now : NEVER;
  }

  protected override task(offset: number): void {
    if (offset !== START || this.running) return;
    this.running = true;
    this.reload();
  }

  protected override readRegister(offset: number): u32 {
    if (offset === REG.RUNSTATUS) return this.running ? 1 : 0;
    if (offset === REG.REQSTATUS) return this.requests;
    return super.readRegister(offset);
  }

  /** Once it runs its configuration is fixed; the counter reloads when every enabled request register had the word. */
  protected override wrote(offset: number, value: u32): void {
    const request = (offset - REG.RR) >> 2;
    if (request >= 0 && request < 8) this.requested(request, value);
    else if (!this.running) super.wrote(offset, value);
  }

  private requested(request: number, value: u32): void {
    if (value !== RELOAD) return;
    this.requests &= ~(1 << request);
    if (this.running && this.requests === 0) this.reload();
  }

  private reload(): void {
    this.requests = this.get(REG.RREN) & 0xff;
    this.elapsed = 0;
    if (this.since !== NEVER) this.since = this.timeline.now;
    this.count();
  }

  private count(): void {
    const config = this.get(REG.CONFIG);
    const pauses =
      (this.core === "halted" && !(config & CONFIG.HALT)) || (this.core === "sleeping" && !(config & CONFIG.SLEEP));
    const counting = this.running && !pauses;
    if (counting !== (this.since !== NEVER)) {
      this.elapsed = this.counted;
      this.since = counting ? this.timeline.now : NEVER;
    }
    this.schedule();
  }

  private schedule(): void {
    this.timeline.clear(BITE);
    if (this.since === NEVER) this.timeline.clear(DUE);
    else this.timeline.set(DUE, Math.max(this.timeline.now, this.since + this.period - this.elapsed));
  }

  private timedOut(): void {
    this.fire(TIMEOUT);
    this.timeline.set(BITE, this.timeline.now + GRACE);
  }

  private get counted(): Picoseconds {
    return this.elapsed + (this.since === NEVER ? 0 : this.timeline.now - this.since);
  }

  private get period(): Picoseconds {
    return Math.round(((this.get(REG.CRV) + 1) * SECOND) / LFCLK_HZ);
  }
}
