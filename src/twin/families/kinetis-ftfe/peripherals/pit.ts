import type { AccessSize } from "../../../cpu/seam.ts";
import { type Saved, savedFlag, savedNumber, savedPart } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, type RegisterSpec, readOnly, register } from "../../../chip/peripherals/register-bank.ts";
import { TickCounter } from "../../../chip/peripherals/tick-counter.ts";

/** Register offsets (NXP MK24F12 header, PIT_Type). */
const CHANNELS_START = 0x100;
const CHANNEL_STRIDE = 0x10;
const OFFSET = { LDVAL: 0x0, CVAL: 0x4, TCTRL: 0x8, TFLG: 0xc } as const;
const MCR = { FRZ: 0x1, MDIS: 0x2 } as const;
const TCTRL = { TEN: 0x1, TIE: 0x2, CHN: 0x4 } as const;
const CHANNELS = 4;
const byChannel = (name: string): readonly string[] => Array.from({ length: CHANNELS }, (_, n) => `${name}${n}`);
/** Registers and the event of each channel by its number: they are looked up at each reset. */
const NAMES = {
  LDVAL: byChannel("LDVAL"),
  CVAL: byChannel("CVAL"),
  TCTRL: byChannel("TCTRL"),
  TFLG: byChannel("TFLG"),
  event: byChannel("pit"),
} as const;

/** What the PIT asks of the chip around it. */
export interface PitHooks {
  busHz(): number;
  setInterrupt(channel: number, asserted: boolean): void;
}

/** One down-counter, as it was when its source stood at `origin`. */
interface Channel {
  /** Value at `origin`; `value` and `expiries` follow from the source's count. */
  first: number;
  origin: number;
  /** Expiries before `origin`, and those whose flag was cleared. */
  expired: number;
  cleared: number;
}

const fresh = (): Channel => ({ first: 0, origin: 0, expired: 0, cleared: 0 });

const channelRegisters = (n: number): RegisterSpec[] => {
  const base = CHANNELS_START + n * CHANNEL_STRIDE;
  return [
    register(NAMES.LDVAL[n], base + OFFSET.LDVAL, 4, 0),
    readOnly(NAMES.CVAL[n], base + OFFSET.CVAL, 4, 0),
    register(NAMES.TCTRL[n], base + OFFSET.TCTRL, 4, 0, 0x7),
    readOnly(NAMES.TFLG[n], base + OFFSET.TFLG, 4, 0),
  ];
};

/**
 * Periodic interrupt timer: four counters of LDVAL + 1 bus clocks a round; a chained one counts the rounds of the one
 * before it (K-series manual, PIT). Nothing happens between two looks at it but the interrupts that are enabled.
 */
export class Pit implements Peripheral {
  readonly name = "PIT";
  private readonly bank = new RegisterBank("PIT", [
    // Bit 2 is reserved; whether it reads as 1 after reset is unsure.
    register("MCR", 0x0, 4, 0x6, 0x7),
    ...Array.from({ length: CHANNELS }, (_, n) => channelRegisters(n)).flat(),
  ]);
  private readonly timeline: Timeline;
  private readonly hooks: PitHooks;
  private readonly clock: TickCounter;
  private channels: readonly Channel[] = Array.from({ length: CHANNELS }, fresh);
  private halted = false;

  constructor(timeline: Timeline, hooks: PitHooks) {
    this.timeline = timeline;
    this.hooks = hooks;
    this.clock = new TickCounter(timeline);
    for (let n = 0; n < CHANNELS; n++) timeline.on(eventOf(n), () => this.update());
  }

  /** Says whether the core is in debug state: MCR.FRZ stops the timers there. */
  setHalted(halted: boolean): void {
    if (halted === this.halted) return;
    this.halted = halted;
    this.update();
  }

  /** The bus clock may have another rate. */
  clockChanged(): void {
    this.update();
  }

  read(offset: number, size: AccessSize): number {
    for (let n = 0; n < CHANNELS; n++) {
      this.bank.set(NAMES.CVAL[n], this.value(n));
      this.bank.set(NAMES.TFLG[n], this.flag(n) ? 1 : 0);
    }
    return this.bank.read(offset, size);
  }

  isStable(offset: number): boolean {
    return offset < CHANNELS_START || (offset % CHANNEL_STRIDE) % 8 === 0;
  }

  write(offset: number, size: AccessSize, value: number): number {
    const before = this.channels.map((_, n) => this.isEnabled(n));
    this.settle();
    const result = this.bank.write(offset, size, value);
    for (const [n, channel] of this.channels.entries()) {
      if (!before[n] && this.isEnabled(n)) channel.first = this.load(n);
      if (offset === flagAt(n) && value & 1) channel.cleared = channel.expired;
    }
    this.anchor();
    this.update();
    return result;
  }

  reset(): void {
    this.bank.reset();
    this.channels = Array.from({ length: CHANNELS }, fresh);
    this.update();
  }

  save(): Saved {
    const channels = Object.fromEntries(this.channels.map((channel, n) => [`${n}`, { ...channel }]));
    return { bank: this.bank.save(), clock: this.clock.save(), halted: this.halted, channels };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
    this.clock.restore(savedPart(saved, "clock"));
    this.halted = savedFlag(saved, "halted");
    const channels = savedPart(saved, "channels");
    this.channels = Array.from({ length: CHANNELS }, (_, n) => restoredChannel(savedPart(channels, `${n}`)));
  }

  private load(n: number): number {
    return this.bank.get(NAMES.LDVAL[n]);
  }

  private isEnabled(n: number): boolean {
    return (this.bank.get(NAMES.TCTRL[n]) & TCTRL.TEN) !== 0;
  }

  /** Channel 0 has none before it to be chained to. */
  private isChained(n: number): boolean {
    return n > 0 && (this.bank.get(NAMES.TCTRL[n]) & TCTRL.CHN) !== 0;
  }

  /** What a channel counts: bus clocks, or the expiries of the channel before it. */
  private source(n: number): number {
    return this.isChained(n) ? this.expiries(n - 1) : this.clock.count;
  }

  /** Source counts since `origin` that lie beyond the first round; negative within it. */
  private beyond(n: number): number {
    return this.source(n) - this.channels[n].origin - this.channels[n].first - 1;
  }

  private value(n: number): number {
    if (!this.isEnabled(n)) return this.channels[n].first;
    const beyond = this.beyond(n);
    return beyond < 0 ? -beyond - 1 : this.load(n) - (beyond % (this.load(n) + 1));
  }

  private expiries(n: number): number {
    const { expired } = this.channels[n];
    if (!this.isEnabled(n)) return expired;
    const beyond = this.beyond(n);
    return beyond < 0 ? expired : expired + 1 + Math.floor(beyond / (this.load(n) + 1));
  }

  private flag(n: number): boolean {
    return this.expiries(n) > this.channels[n].cleared;
  }

  /** Makes every channel's present its beginning, before a register changes what follows. */
  private settle(): void {
    this.channels = this.channels.map((channel, n) => ({
      ...channel,
      first: this.value(n),
      expired: this.expiries(n),
    }));
    this.anchor();
  }

  /** Settled channels count from now on. */
  private anchor(): void {
    for (const [n, channel] of this.channels.entries())
      channel.origin = this.isChained(n) ? this.channels[n - 1].expired : this.clock.count;
  }

  /** Bus clocks until the channel expires next. */
  private clocksToExpiry(n: number): number {
    if (!this.isEnabled(n)) return Number.POSITIVE_INFINITY;
    if (!this.isChained(n)) return this.value(n) + 1;
    return this.clocksToExpiry(n - 1) + this.value(n) * this.round(n - 1);
  }

  /** Bus clocks of one whole round. */
  private round(n: number): number {
    return (this.load(n) + 1) * (this.isChained(n) ? this.round(n - 1) : 1);
  }

  private update(): void {
    const mcr = this.bank.get("MCR");
    const stopped = (mcr & MCR.MDIS) !== 0 || ((mcr & MCR.FRZ) !== 0 && this.halted);
    this.clock.run(stopped ? 0 : this.hooks.busHz());
    for (let n = 0; n < CHANNELS; n++) this.updateChannel(n);
  }

  private updateChannel(n: number): void {
    const interrupts = (this.bank.get(NAMES.TCTRL[n]) & TCTRL.TIE) !== 0;
    const flag = this.flag(n);
    this.hooks.setInterrupt(n, interrupts && flag);
    const waits = interrupts && !flag && this.isEnabled(n);
    const at = waits ? this.clock.timeOf(this.clock.count + this.clocksToExpiry(n)) : Number.POSITIVE_INFINITY;
    if (at === Number.POSITIVE_INFINITY) this.timeline.clear(eventOf(n));
    else this.timeline.set(eventOf(n), at);
  }
}

const eventOf = (channel: number): string => NAMES.event[channel];

const flagAt = (channel: number): number => CHANNELS_START + channel * CHANNEL_STRIDE + OFFSET.TFLG;

const restoredChannel = (saved: Saved): Channel => ({
  first: savedNumber(saved, "first"),
  origin: savedNumber(saved, "origin"),
  expired: savedNumber(saved, "expired"),
  cleared: savedNumber(saved, "cleared"),
});
