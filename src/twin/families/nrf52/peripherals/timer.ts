import type { u32 } from "../../../../base/u32.ts";
import { TickCounter } from "../../../chip/peripherals/tick-counter.ts";
import { type Saved, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type BlockHooks, EventBlock } from "./event-block.ts";

const TASK = { START: 0x00, STOP: 0x04, COUNT: 0x08, CLEAR: 0x0c, SHUTDOWN: 0x10, CAPTURE: 0x40 } as const;
const COMPARE = 0x140;
const REG = { SHORTS: 0x200, MODE: 0x504, BITMODE: 0x508, PRESCALER: 0x510, CC: 0x540 } as const;
/** BITMODE 0 to 3. */
const BITS = [16, 8, 24, 32] as const;
const PCLK_HZ = 16_000_000;
const CHANNELS = 6;

/** A timer of 8 to 32 bits with six compare channels (TIMER0 to 2 have four: unsure what the others read). */
export class Timer extends EventBlock {
  private readonly timeline: Timeline;
  private readonly ticks: TickCounter;
  private readonly dueEvent: string;
  private started = false;
  private base = 0;
  private seen = 0;

  constructor(name: string, timeline: Timeline, hooks: BlockHooks) {
    super(name, hooks, { [REG.PRESCALER]: 4 });
    this.timeline = timeline;
    this.ticks = new TickCounter(timeline);
    this.dueEvent = `${name.toLowerCase()}Due`;
    timeline.on(this.dueEvent, () => this.due());
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
    if (offset === TASK.START || offset === TASK.STOP || offset === TASK.SHUTDOWN) {
      this.started = offset === TASK.START;
      this.rate();
    }
    if (offset === TASK.CLEAR || offset === TASK.SHUTDOWN) this.jump(0);
    if (offset === TASK.COUNT && this.get(REG.MODE) !== 0) this.count();
    const channel = (offset - TASK.CAPTURE) >> 2;
    if (channel >= 0 && channel < CHANNELS) this.set(REG.CC + 4 * channel, this.counter);
  }

  protected override wrote(offset: number, value: u32): void {
    super.wrote(offset, value);
    if (offset === REG.PRESCALER || offset === REG.MODE) this.rate();
    this.schedule();
  }

  private get wrap(): number {
    return 2 ** BITS[this.get(REG.BITMODE) & 3];
  }

  private get counter(): number {
    return (this.base + this.ticks.count) % this.wrap;
  }

  private rate(): void {
    const runs = this.started && this.get(REG.MODE) === 0;
    this.ticks.run(runs ? PCLK_HZ / 2 ** (this.get(REG.PRESCALER) & 0xf) : 0);
    this.schedule();
  }

  private jump(to: number): void {
    this.seen = this.ticks.count;
    this.base = (((to - this.seen) % this.wrap) + this.wrap) % this.wrap;
    this.schedule();
  }

  /** Counter mode: one more, by the COUNT task. */
  private count(): void {
    this.base = (this.base + 1) % this.wrap;
    for (const { event, value, channel } of this.compares()) if (value === this.counter) this.match(event, channel);
  }

  private until(value: number, from: number): number {
    const now = (this.base + from) % this.wrap;
    return value > now ? value - now : value - now + this.wrap;
  }

  private compares() {
    return Array.from({ length: CHANNELS }, (_, channel) => ({
      channel,
      event: COMPARE + 4 * channel,
      value: this.get(REG.CC + 4 * channel) % this.wrap,
    }));
  }

  /** Compare events come whether or not their interrupts are enabled; only those that matter are waited for. */
  private schedule(): void {
    const from = this.seen;
    const waits = this.compares().map(({ value }) => this.until(value, from));
    const at = this.ticks.timeOf(from + Math.min(...waits));
    if (Number.isFinite(at)) this.timeline.set(this.dueEvent, Math.max(at, this.timeline.now));
    else this.timeline.clear(this.dueEvent);
  }

  private due(): void {
    const from = this.seen;
    this.seen = this.ticks.count;
    const passed = this.seen - from;
    for (const { event, value, channel } of this.compares())
      if (this.until(value, from) <= passed) this.match(event, channel);
    this.schedule();
  }

  private match(event: number, channel: number): void {
    this.fire(event);
    const shorts = this.get(REG.SHORTS);
    if ((shorts >>> channel) & 1) this.jump(0);
    if ((shorts >>> (channel + 8)) & 1) {
      this.started = false;
      this.rate();
    }
  }
}
