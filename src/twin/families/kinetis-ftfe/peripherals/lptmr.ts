import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { type Saved, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, register } from "../../../chip/peripherals/register-bank.ts";
import { TickCounter } from "../../../chip/peripherals/tick-counter.ts";

const OFFSET = { CSR: 0x0, CMR: 0x8, CNR: 0xc } as const;
const CSR = { TEN: 0x01, TMS: 0x02, TFC: 0x04, TIE: 0x40, TCF: 0x80 } as const;
const PSR = { PCS: 0x3, PBYP: 0x4, PRESCALE_SHIFT: 3 } as const;
/** Values of the 16-bit counter. */
const COUNTS = 0x10000;

const COMPARE = "lptmrCompare";

/** The clock that PSR.PCS selects: MCGIRCLK, LPO, ERCLK32K, OSCERCLK. */
export type LptmrClock = "MCGIRCLK" | "LPO" | "ERCLK32K" | "OSCERCLK";

const CLOCKS: readonly LptmrClock[] = ["MCGIRCLK", "LPO", "ERCLK32K", "OSCERCLK"];

/** What the low-power timer asks of the chip around it. */
export interface LptmrHooks {
  /** The rate of a clock now, in hertz; 0 where it is off. */
  hzOf(clock: LptmrClock): number;
  setInterrupt(asserted: boolean): void;
}

/**
 * Low-power timer: a 16-bit counter behind a prescaler, with one compare value (K-series manual, LPTMR). Only power-on
 * resets it. As a pulse counter it counts nothing: no pin moves.
 */
export class Lptmr implements Peripheral {
  readonly name = "LPTMR0";
  private readonly bank = new RegisterBank("LPTMR0", [
    register("CSR", OFFSET.CSR, 4, 0, 0x7f),
    register("PSR", 0x4, 4, 0, 0x7f),
    register("CMR", OFFSET.CMR, 4, 0, 0xffff),
    register("CNR", OFFSET.CNR, 4, 0, 0),
  ]);
  private readonly timeline: Timeline;
  private readonly hooks: LptmrHooks;
  private readonly clock: TickCounter;
  /** The clock's count at which the counter was 0. */
  private origin = 0;
  /** Compares whose flag was cleared. */
  private cleared = 0;

  constructor(timeline: Timeline, hooks: LptmrHooks) {
    this.timeline = timeline;
    this.hooks = hooks;
    this.clock = new TickCounter(timeline);
    timeline.on(COMPARE, () => this.update());
  }

  /** One of the clocks may have another rate. */
  clockChanged(): void {
    this.update();
  }

  read(offset: number, size: AccessSize): number {
    const value = this.bank.read(offset, size);
    return value !== BUS_FAULT && offset === OFFSET.CSR && this.flag ? value | CSR.TCF : value;
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    const wasEnabled = this.isEnabled;
    const counter = this.counter;
    const flagged = this.flag && !(offset === OFFSET.CSR && value & CSR.TCF);
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    // A write of any value latches the counter for the reads that follow.
    if (offset === OFFSET.CNR) this.bank.set("CNR", counter);
    else this.restart(wasEnabled && this.isEnabled ? counter : 0, flagged && this.isEnabled);
    this.update();
    return 0;
  }

  /** A system reset leaves it alone. */
  reset(): void {}

  /** Power-on. */
  powerOn(): void {
    this.bank.reset();
    this.restart(0, false);
    this.update();
  }

  save(): Saved {
    return { bank: this.bank.save(), clock: this.clock.save(), origin: this.origin, cleared: this.cleared };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
    this.clock.restore(savedPart(saved, "clock"));
    this.origin = savedNumber(saved, "origin");
    this.cleared = savedNumber(saved, "cleared");
  }

  private get isEnabled(): boolean {
    return (this.bank.get("CSR") & CSR.TEN) !== 0;
  }

  private get isFree(): boolean {
    return (this.bank.get("CSR") & CSR.TFC) !== 0;
  }

  /** Counts between two compares: TFC lets the counter run to its end, otherwise a compare sets it to 0. */
  private get round(): number {
    return this.isFree ? COUNTS : this.bank.get("CMR") + 1;
  }

  private get counter(): number {
    return (this.clock.count - this.origin) % this.round;
  }

  /** The counter has gone past CMR so many times since `origin`. */
  private get compares(): number {
    const first = this.bank.get("CMR") + 1;
    return Math.max(0, Math.floor((this.clock.count - this.origin - first) / this.round) + 1);
  }

  private get flag(): boolean {
    return this.compares > this.cleared;
  }

  /** The counter stands at `counter` now; `flagged` keeps the flag. */
  private restart(counter: number, flagged: boolean): void {
    this.origin = this.clock.count - counter;
    this.cleared = this.compares - (flagged ? 1 : 0);
  }

  private get hz(): number {
    const csr = this.bank.get("CSR");
    if (!(csr & CSR.TEN) || csr & CSR.TMS) return 0;
    const psr = this.bank.get("PSR");
    const hz = this.hooks.hzOf(CLOCKS[psr & PSR.PCS]);
    return psr & PSR.PBYP ? hz : hz / (2 << (psr >>> PSR.PRESCALE_SHIFT));
  }

  private update(): void {
    this.clock.run(this.hz);
    const flag = this.flag;
    this.hooks.setInterrupt(flag && (this.bank.get("CSR") & CSR.TIE) !== 0);
    const next = this.origin + this.bank.get("CMR") + 1 + this.compares * this.round;
    const at = flag ? Number.POSITIVE_INFINITY : this.clock.timeOf(next);
    if (at === Number.POSITIVE_INFINITY) this.timeline.clear(COMPARE);
    else this.timeline.set(COMPARE, at);
  }
}
