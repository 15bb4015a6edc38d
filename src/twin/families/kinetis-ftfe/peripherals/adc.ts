import { MICROSECOND } from "../../../../base/clock.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import type { Saved } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import {
  RegisterBank,
  type RegisterSpec,
  readOnly,
  register,
  registers,
} from "../../../chip/peripherals/register-bank.ts";

const OFFSET = { SC1A: 0x00, RA: 0x10, SC3: 0x24 } as const;
const SC1 = { COCO: 0x80, AIEN: 0x40, ADCH: 0x1f } as const;
const SC3 = { CAL: 0x80, CALF: 0x40 } as const;
/** A conversion and a calibration, whatever the clock and sample settings are (unsure). */
const CONVERSION = 5 * MICROSECOND;
const CALIBRATION = 1000 * MICROSECOND;

/** Offset calibration and gains, and the plus and minus side's calibration values (resets: NXP SVD, unsure). */
const CALIBRATED: readonly RegisterSpec[] = [
  register("OFS", 0x28, 4, 0x0004),
  register("PG", 0x2c, 4, 0x8200),
  register("MG", 0x30, 4, 0x8200),
  ...registers("CLP", 0x34, 4, 7, 4, 0x20),
  ...registers("CLM", 0x54, 4, 7, 4, 0x20),
];

/** What the ADC asks of the chip around it. */
export interface AdcHooks {
  setInterrupt(asserted: boolean): void;
}

/** An ADC started by software whose inputs all lie at 0 V: conversions and calibration end after a while. */
export class Adc implements Peripheral {
  readonly name: string;
  private readonly bank: RegisterBank;
  private readonly timeline: Timeline;
  private readonly hooks: AdcHooks;
  private readonly converted: string;
  private readonly calibrated: string;

  constructor(name: string, timeline: Timeline, hooks: AdcHooks) {
    this.name = name;
    this.timeline = timeline;
    this.hooks = hooks;
    this.converted = `${name.toLowerCase()}Converted`;
    this.calibrated = `${name.toLowerCase()}Calibrated`;
    this.bank = new RegisterBank(name, [
      ...registers("SC1", OFFSET.SC1A, 4, 2, 4, 0x1f, 0x7f),
      register("CFG1", 0x08, 4, 0),
      register("CFG2", 0x0c, 4, 0),
      readOnly("RA", OFFSET.RA, 4, 0),
      readOnly("RB", 0x14, 4, 0),
      register("CV1", 0x18, 4, 0),
      register("CV2", 0x1c, 4, 0),
      register("SC2", 0x20, 4, 0, 0x7f),
      register("SC3", OFFSET.SC3, 4, 0, 0x8f),
      ...CALIBRATED,
    ]);
    timeline.on(this.converted, () => this.conversionEnded());
    timeline.on(this.calibrated, () => this.calibrationEnded());
  }

  read(offset: number, size: AccessSize): number {
    if (offset === OFFSET.RA) this.complete(false);
    return this.bank.read(offset, size);
  }

  isStable(offset: number): boolean {
    return offset !== OFFSET.RA;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    if (offset === OFFSET.SC1A) this.start(value);
    if (offset === OFFSET.SC3 && value & SC3.CAL) this.timeline.set(this.calibrated, this.timeline.now + CALIBRATION);
    return 0;
  }

  reset(): void {
    this.bank.reset();
    this.timeline.clear(this.converted);
    this.timeline.clear(this.calibrated);
    this.hooks.setInterrupt(false);
  }

  save(): Saved {
    return this.bank.save();
  }

  restore(saved: Saved): void {
    this.bank.restore(saved);
  }

  /** A write of SC1A starts a conversion, or ends one with channel 0x1F: the module is off. */
  private start(value: number): void {
    this.complete(false);
    if ((value & SC1.ADCH) === SC1.ADCH) this.timeline.clear(this.converted);
    else this.timeline.set(this.converted, this.timeline.now + CONVERSION);
  }

  private conversionEnded(): void {
    this.complete(true);
  }

  private calibrationEnded(): void {
    this.bank.set("SC3", this.bank.get("SC3") & ~(SC3.CAL | SC3.CALF));
    this.complete(true);
  }

  private complete(done: boolean): void {
    const sc1 = this.bank.get("SC10");
    this.bank.set("SC10", done ? sc1 | SC1.COCO : sc1 & ~SC1.COCO);
    this.hooks.setInterrupt(done && (sc1 & SC1.AIEN) !== 0);
  }
}
