import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { type Saved, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";
import { TickCounter } from "../../../chip/peripherals/tick-counter.ts";

/** The RTC's crystal, and how many of its clocks make a second. */
const RTC_HZ = 32_768;
/** Values of TSR. */
const SECONDS = 2 ** 32;

const OFFSET = { TSR: 0x00, TPR: 0x04, TAR: 0x08, CR: 0x10, SR: 0x14 } as const;
const CR = { SWR: 0x001, OSCE: 0x100 } as const;
const SR = { TIF: 0x01, TOF: 0x02, TAF: 0x04, TCE: 0x10 } as const;
const IER = { TIIE: 0x01, TOIE: 0x02, TAIE: 0x04, TSIE: 0x10 } as const;

const SECOND = "rtcSecond";

/** What the RTC asks of the chip around it. */
export interface RtcHooks {
  setInterrupt(asserted: boolean): void;
  /** The seconds interrupt: an edge, no level. */
  pulseSeconds(): void;
  /** The oscillator was switched. */
  clocksChanged(): void;
}

/**
 * Real-time clock: seconds and prescaler on a 32,768 Hz crystal that every board is supposed to have (K-series manual,
 * RTC). System resets leave it alone; it comes up with TIF set, so time is invalid until TSR is written. Not modelled:
 * compensation, and what the lock and access registers LR, WAR and RAR forbid; they keep what is written (unsure).
 */
export class Rtc implements Peripheral {
  readonly name = "RTC";
  private readonly bank = new RegisterBank("RTC", [
    readOnly("TSR", OFFSET.TSR, 4, 0),
    readOnly("TPR", OFFSET.TPR, 4, 0),
    register("TAR", OFFSET.TAR, 4, 0),
    register("TCR", 0x0c, 4, 0, 0x0000ffff),
    register("CR", OFFSET.CR, 4, 0, 0x3f1f),
    register("SR", OFFSET.SR, 4, SR.TIF, SR.TCE),
    register("LR", 0x18, 4, 0xff, 0x78),
    register("IER", 0x1c, 4, 0x07, 0x97),
    register("WAR", 0x800, 4, 0xff, 0xff),
    register("RAR", 0x804, 4, 0xff, 0xff),
  ]);
  private readonly timeline: Timeline;
  private readonly hooks: RtcHooks;
  private readonly clock: TickCounter;
  /** TSR and TPR as one number of crystal clocks, when the counter stood at `origin`. */
  private first = 0;
  private origin = 0;

  constructor(timeline: Timeline, hooks: RtcHooks) {
    this.timeline = timeline;
    this.hooks = hooks;
    this.clock = new TickCounter(timeline);
    timeline.on(SECOND, () => this.incremented());
  }

  /** The 32 kHz oscillator runs. */
  get oscillates(): boolean {
    return (this.bank.get("CR") & CR.OSCE) !== 0;
  }

  read(offset: number, size: AccessSize): number {
    this.bank.set("TSR", this.seconds % SECONDS);
    this.bank.set("TPR", this.time % RTC_HZ);
    return this.bank.read(offset, size);
  }

  isStable(offset: number): boolean {
    return offset >= OFFSET.TAR;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    if (offset === OFFSET.TSR) this.setSeconds(value >>> 0);
    else if (offset === OFFSET.TPR) this.setPrescaler(value);
    else if (offset === OFFSET.TAR) this.clearFlags(SR.TAF);
    else if (offset === OFFSET.CR && value & CR.SWR) this.softwareReset(value);
    this.update();
    if (offset === OFFSET.CR) this.hooks.clocksChanged();
    return 0;
  }

  /** A system reset leaves it alone. */
  reset(): void {}

  /** Power-on of the battery domain, which has no battery here. */
  powerOn(): void {
    this.bank.reset();
    this.setTime(0);
    this.update();
  }

  save(): Saved {
    return { bank: this.bank.save(), clock: this.clock.save(), first: this.first, origin: this.origin };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
    this.clock.restore(savedPart(saved, "clock"));
    this.first = savedNumber(saved, "first");
    this.origin = savedNumber(saved, "origin");
  }

  /** TSR and TPR read 0 while time is invalid or has overflowed. */
  private get time(): number {
    if (this.bank.get("SR") & (SR.TIF | SR.TOF)) return 0;
    return this.first + this.clock.count - this.origin;
  }

  private setTime(time: number): void {
    this.first = time;
    this.origin = this.clock.count;
  }

  /** TSR can be written while the counter stands; that makes time valid. */
  private setSeconds(seconds: number): void {
    if (this.bank.get("SR") & SR.TCE) return;
    const prescaler = this.time % RTC_HZ;
    this.clearFlags(SR.TIF | SR.TOF);
    this.setTime(seconds * RTC_HZ + prescaler);
  }

  private setPrescaler(value: number): void {
    if (this.bank.get("SR") & SR.TCE) return;
    this.setTime(this.time - (this.time % RTC_HZ) + (value & (RTC_HZ - 1)));
  }

  private clearFlags(flags: number): void {
    this.bank.set("SR", this.bank.get("SR") & ~flags);
  }

  /** CR.SWR resets all registers but itself, WAR and RAR. */
  private softwareReset(cr: number): void {
    const [war, rar] = [this.bank.get("WAR"), this.bank.get("RAR")];
    this.bank.reset();
    this.bank.set("WAR", war);
    this.bank.set("RAR", rar);
    this.bank.set("CR", cr & CR.SWR);
    this.setTime(0);
  }

  private get seconds(): number {
    return Math.floor(this.time / RTC_HZ);
  }

  /** TSR has just gone to its next value, past its end or past TAR perhaps. */
  private incremented(): void {
    const { seconds } = this;
    const flags = (seconds === this.bank.get("TAR") + 1 ? SR.TAF : 0) | (seconds >= SECONDS ? SR.TOF : 0);
    this.bank.set("SR", this.bank.get("SR") | flags);
    this.update();
    if (this.bank.get("IER") & IER.TSIE) this.hooks.pulseSeconds();
  }

  private update(): void {
    const [sr, ier] = [this.bank.get("SR"), this.bank.get("IER")];
    const valid = (sr & (SR.TIF | SR.TOF)) === 0;
    this.clock.run(valid && (sr & SR.TCE) !== 0 && this.oscillates ? RTC_HZ : 0);
    this.schedule((ier & IER.TSIE) !== 0);
    // TIE, TOIE and TAIE stand at the same bits in IER as their flags do in SR.
    this.hooks.setInterrupt((sr & ier & (IER.TIIE | IER.TOIE | IER.TAIE)) !== 0);
  }

  /** The next increment of TSR that raises a flag or an interrupt. */
  private schedule(eachSecond: boolean): void {
    const { seconds } = this;
    const alarm = this.bank.get("TAR");
    const next = eachSecond ? seconds + 1 : seconds <= alarm ? alarm + 1 : SECONDS;
    const at = this.clock.timeOf(this.origin + next * RTC_HZ - this.first);
    if (at === Number.POSITIVE_INFINITY) this.timeline.clear(SECOND);
    else this.timeline.set(SECOND, at);
  }
}
