import { type Saved, savedNumber, savedPart } from "../../../chip/saved.ts";
import { TickCounter } from "../../../chip/peripherals/tick-counter.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type Word, Words, words } from "../words.ts";

const ALARMS = 4;
const TWO32 = 2 ** 32;
const event = (n: number) => `timerAlarm${n}`;

/** TIMER: 64 bits of microseconds and four alarms on the low half (data sheet 4.6). */
export class Timer extends Words {
  private readonly timeline: Timeline;
  private readonly ticks: TickCounter;
  private readonly setInterrupt: (alarm: number, asserted: boolean) => void;
  private armed = 0;
  private latchedHigh = 0;
  /** What was written in place of the count: it differs by this. */
  private offset = 0;

  constructor(timeline: Timeline, setInterrupt: (alarm: number, asserted: boolean) => void) {
    super("TIMER");
    this.define([
      { name: "TIMEHW", offset: 0x00, wrote: () => {} },
      { name: "TIMELW", offset: 0x04, wrote: (low) => this.setTime(this.get("TIMEHW") * TWO32 + low) },
      { name: "TIMEHR", offset: 0x08, writable: 0, read: () => this.latchedHigh, lively: true },
      { name: "TIMELR", offset: 0x0c, writable: 0, read: () => this.readLow(), lively: true },
      ...words(ALARMS, 0x10, 4, (n) => ({ name: `ALARM${n}`, wrote: () => this.arm(n) })),
      { name: "ARMED", offset: 0x20, writable: 0, read: () => this.armed, wrote: (bits) => this.disarm(bits) },
      { name: "TIMERAWH", offset: 0x24, writable: 0, read: () => Math.floor(this.time / TWO32), lively: true },
      { name: "TIMERAWL", offset: 0x28, writable: 0, read: () => this.time % TWO32, lively: true },
      { name: "DBGPAUSE", offset: 0x2c, reset: 7 },
      { name: "PAUSE", offset: 0x30 },
      ...INTERRUPTS.map((word) => ({ ...word, wrote: (written: number) => this.interruptWritten(word.name, written) })),
      { name: "INTS", offset: 0x40, writable: 0, read: () => this.active },
    ]);
    this.timeline = timeline;
    this.ticks = new TickCounter(timeline);
    this.setInterrupt = setInterrupt;
    for (let n = 0; n < ALARMS; n++) timeline.on(event(n), () => this.ring(n));
  }

  /** Counts so many ticks a second from now on. */
  run(hz: number): void {
    this.ticks.run(hz);
    for (let n = 0; n < ALARMS; n++) if ((this.armed >>> n) & 1) this.schedule(n);
  }

  override reset(): void {
    super.reset();
    this.disarm(0xf);
    this.setTime(0);
    this.drive();
  }

  override save(): Saved {
    return { ...super.save(), ticks: this.ticks.save(), armed: this.armed, offset: this.offset };
  }

  override restore(saved: Saved): void {
    super.restore(saved);
    this.ticks.restore(savedPart(saved, "ticks"));
    this.armed = savedNumber(saved, "armed");
    this.offset = savedNumber(saved, "offset");
    this.drive();
  }

  private get time(): number {
    return Math.floor(this.ticks.count) + this.offset;
  }

  private get active(): number {
    return (this.get("INTR") | this.get("INTF")) & this.get("INTE");
  }

  private setTime(time: number): void {
    this.offset = time - Math.floor(this.ticks.count);
  }

  private readLow(): number {
    this.latchedHigh = Math.floor(this.time / TWO32);
    return this.time % TWO32;
  }

  private arm(n: number): void {
    this.armed |= 1 << n;
    this.schedule(n);
  }

  private schedule(n: number): void {
    const wanted = this.get(`ALARM${n}`);
    const ahead = (wanted - (this.time % TWO32) + TWO32) % TWO32;
    const at = this.ticks.timeOf(Math.floor(this.ticks.count) + ahead);
    if (Number.isFinite(at)) this.timeline.set(event(n), Math.max(at, this.timeline.now + 1));
    else this.timeline.clear(event(n));
  }

  private disarm(bits: number): void {
    this.armed &= ~bits;
    for (let n = 0; n < ALARMS; n++) if ((bits >>> n) & 1) this.timeline.clear(event(n));
  }

  private ring(n: number): void {
    this.armed &= ~(1 << n);
    this.set("INTR", this.get("INTR") | (1 << n));
    this.drive();
  }

  /** INTR: ones clear. */
  private interruptWritten(name: string, written: number): void {
    if (name === "INTR") this.set("INTR", this.get("INTR") & ~written);
    this.drive();
  }

  private drive(): void {
    for (let n = 0; n < ALARMS; n++) this.setInterrupt(n, ((this.active >>> n) & 1) === 1);
  }
}

const INTERRUPTS: readonly Word[] = [
  { name: "INTR", offset: 0x34, writable: 0 },
  { name: "INTE", offset: 0x38, writable: 0xf },
  { name: "INTF", offset: 0x3c, writable: 0xf },
];
