import { type Picoseconds, SECOND } from "../../../../base/clock.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { TickCounter } from "../../../chip/peripherals/tick-counter.ts";
import { type Saved, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";

const OFFSET = { KR: 0x0, PR: 0x4, RLR: 0x8, SR: 0xc } as const;
const KEY = { START: 0xcccc, RELOAD: 0xaaaa, OPEN: 0x5555 } as const;
/** The low-speed oscillator (RM0090, 7.2.5; 17 to 47 kHz on silicon). */
const LSI_HZ = 32_000;
const TIMEOUT = "iwdgTimeout";

/** What the watchdog asks of the chip around it. */
export interface IwdgHooks {
  bite(): void;
}

/** The independent watchdog: once started it runs until the next reset, and stands still where the debugger says so. */
export class Iwdg implements Peripheral {
  readonly name = "IWDG";
  private prescaler = 0;
  private reload = 0xfff;
  private isOpen = false;
  private started = false;
  private frozen = false;
  /** Counts since the last reload. */
  private readonly ticks: TickCounter;
  private from = 0;
  private readonly timeline: Timeline;

  constructor(timeline: Timeline, hooks: IwdgHooks) {
    this.timeline = timeline;
    this.ticks = new TickCounter(timeline);
    timeline.on(TIMEOUT, () => hooks.bite());
  }

  /** The core is halted and DBGMCU stops the watchdog then. */
  setFrozen(frozen: boolean): void {
    if (frozen === this.frozen) return;
    this.frozen = frozen;
    this.schedule();
  }

  /** Whether it was started, which only a reset ends. */
  get runs(): boolean {
    return this.started;
  }

  /** WDG_SW = 0 starts it by hardware. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.refresh();
  }

  read(offset: number, size: AccessSize): number {
    const word = [0, this.prescaler, this.reload, 0][offset >> 2];
    if (word === undefined) return BUS_FAULT;
    return (word >>> (8 * (offset & 3))) & (size === 4 ? 0xffffffff : (1 << (8 * size)) - 1);
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, _size: AccessSize, value: number): number {
    if (offset > OFFSET.SR) return BUS_FAULT;
    if (offset === OFFSET.KR) this.takeKey(value & 0xffff);
    if (offset === OFFSET.PR && this.isOpen) this.prescaler = value & 7;
    if (offset === OFFSET.RLR && this.isOpen) this.reload = value & 0xfff;
    // Another rate or limit counts from the next reload on (unsure for the rate).
    return 0;
  }

  reset(): void {
    this.prescaler = 0;
    this.reload = 0xfff;
    this.isOpen = false;
    this.started = false;
    this.ticks.run(0);
    this.timeline.clear(TIMEOUT);
  }

  save(): Saved {
    const { prescaler, reload, isOpen, started, frozen, from } = this;
    return { prescaler, reload, isOpen, started, frozen, from, ticks: this.ticks.save() };
  }

  restore(saved: Saved): void {
    this.prescaler = savedNumber(saved, "prescaler");
    this.reload = savedNumber(saved, "reload");
    this.isOpen = savedFlag(saved, "isOpen");
    this.started = savedFlag(saved, "started");
    this.frozen = savedFlag(saved, "frozen");
    this.from = savedNumber(saved, "from");
    this.ticks.restore(savedPart(saved, "ticks"));
  }

  private takeKey(key: number): void {
    this.isOpen = key === KEY.OPEN;
    if (key === KEY.START) this.start();
    if (key === KEY.RELOAD && this.started) this.refresh();
  }

  private refresh(): void {
    this.from = this.ticks.count;
    this.schedule();
  }

  private schedule(): void {
    const runs = this.started && !this.frozen;
    this.ticks.run(runs ? LSI_HZ / 4 / 2 ** Math.min(6, this.prescaler) : 0);
    this.timeline.clear(TIMEOUT);
    if (!runs) return;
    const at: Picoseconds = this.ticks.timeOf(this.from + this.reload + 1);
    this.timeline.set(TIMEOUT, Math.min(at, this.timeline.now + 1000 * SECOND));
  }
}
