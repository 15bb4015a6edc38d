import type { u32 } from "../../../../base/u32.ts";
import { TickCounter } from "../../../chip/peripherals/tick-counter.ts";
import { type Saved, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type BlockHooks, EventBlock } from "./event-block.ts";

const TASK = { START: 0x00, STOP: 0x04, CLEAR: 0x08, TRIGOVRFLW: 0x0c } as const;
const EVENT = { TICK: 0x100, OVRFLW: 0x104, COMPARE: 0x140 } as const;
const REG = { EVTEN: 0x340, EVTENSET: 0x344, EVTENCLR: 0x348, COUNTER: 0x504, PRESCALER: 0x508, CC: 0x540 } as const;
const LFCLK_HZ = 32_768;
/** The counter has 24 bits. */
const WRAP = 0x1000000;
const CHANNELS = 4;

/** What a real-time counter asks of the chip around it. */
export interface RtcHooks extends BlockHooks {
  /** Whether the 32 kHz clock runs. */
  lfclkRuns(): boolean;
}

/** A real-time counter: 24 bits, a prescaler, compare, overflow and tick events where they are enabled. */
export class Rtc extends EventBlock {
  private readonly timeline: Timeline;
  private readonly rtc: RtcHooks;
  private readonly ticks: TickCounter;
  private readonly dueEvent: string;
  private started = false;
  /** What the counter showed when `ticks` stood at 0. */
  private base = 0;
  /** The count of `ticks` up to which events have been fired. */
  private seen = 0;

  constructor(name: string, timeline: Timeline, hooks: RtcHooks) {
    super(name, hooks);
    this.timeline = timeline;
    this.rtc = hooks;
    this.ticks = new TickCounter(timeline);
    this.dueEvent = `${name.toLowerCase()}Due`;
    timeline.on(this.dueEvent, () => this.due());
  }

  /** The 32 kHz clock started or stopped. */
  clockChanged(): void {
    this.rate();
  }

  override isStable(offset: number): boolean {
    return offset !== REG.COUNTER;
  }

  override reset(): void {
    this.started = false;
    super.reset();
    this.rate();
    this.jump(0);
  }

  override save(): Saved {
    const { started, base, seen } = this;
    return { block: super.save(), ticks: this.ticks.save(), started, base, seen };
  }

  override restore(saved: Saved): void {
    super.restore(savedPart(saved, "block"));
    this.ticks.restore(savedPart(saved, "ticks"));
    this.started = savedFlag(saved, "started");
    this.base = savedNumber(saved, "base");
    this.seen = savedNumber(saved, "seen");
  }

  protected override task(offset: number): void {
    if (offset === TASK.START || offset === TASK.STOP) {
      this.started = offset === TASK.START;
      this.rate();
    }
    if (offset === TASK.CLEAR) this.jump(0);
    if (offset === TASK.TRIGOVRFLW) this.jump(0xfffff0);
  }

  protected override readRegister(offset: number): u32 {
    if (offset === REG.COUNTER) return this.counter;
    return super.readRegister(offset === REG.EVTENSET || offset === REG.EVTENCLR ? REG.EVTEN : offset);
  }

  protected override wrote(offset: number, value: u32): void {
    const events = this.get(REG.EVTEN);
    if (offset === REG.EVTENSET) this.set(REG.EVTEN, events | value);
    else if (offset === REG.EVTENCLR) this.set(REG.EVTEN, events & ~value);
    else super.wrote(offset, offset >= REG.CC ? value & (WRAP - 1) : value);
    if (offset === REG.PRESCALER) this.rate();
    this.schedule();
  }

  protected override intenChanged(): void {
    this.schedule();
  }

  private get counter(): number {
    return (this.base + this.ticks.count) % WRAP;
  }

  private rate(): void {
    const runs = this.started && this.rtc.lfclkRuns();
    this.ticks.run(runs ? LFCLK_HZ / ((this.get(REG.PRESCALER) & 0xfff) + 1) : 0);
    this.schedule();
  }

  private jump(to: number): void {
    this.base = (((to - this.ticks.count) % WRAP) + WRAP) % WRAP;
    this.seen = this.ticks.count;
    this.schedule();
  }

  /** Events come where EVTEN or INTEN has their bit. */
  private wants(event: number): boolean {
    return this.enabled(event) || ((this.get(REG.EVTEN) >>> ((event - 0x100) >> 2)) & 1) === 1;
  }

  /** Ticks from a count of `ticks` until the counter shows `value` for the next time. */
  private until(value: number, from: number): number {
    const now = (this.base + from) % WRAP;
    return value > now ? value - now : value - now + WRAP;
  }

  private schedule(): void {
    const from = this.seen;
    const waits = this.compares().map(({ value }) => this.until(value, from));
    if (this.wants(EVENT.OVRFLW)) waits.push(this.until(0, from));
    if (this.wants(EVENT.TICK)) waits.push(1);
    const at = waits.length === 0 ? Number.POSITIVE_INFINITY : this.ticks.timeOf(from + Math.min(...waits));
    if (Number.isFinite(at)) this.timeline.set(this.dueEvent, Math.max(at, this.timeline.now));
    else this.timeline.clear(this.dueEvent);
  }

  private compares(): readonly { readonly event: number; readonly value: number }[] {
    return Array.from({ length: CHANNELS }, (_, n) => ({
      event: EVENT.COMPARE + 4 * n,
      value: this.get(REG.CC + 4 * n),
    })).filter(({ event }) => this.wants(event));
  }

  private due(): void {
    const from = this.seen;
    this.seen = this.ticks.count;
    const passed = this.seen - from;
    if (this.wants(EVENT.TICK) && passed > 0) this.fire(EVENT.TICK);
    if (this.wants(EVENT.OVRFLW) && this.until(0, from) <= passed) this.fire(EVENT.OVRFLW);
    for (const { event, value } of this.compares()) if (this.until(value, from) <= passed) this.fire(event);
    this.schedule();
  }
}
