import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { Words, words } from "../words.ts";

/** SCLK, SS, SD0 to SD3, in the order of IO_QSPI; PADS_QSPI has SS last (data sheet 2.19.6). */
const PIN_COUNT = 6;
const SS = 1;
/** Registers of IO_QSPI, as the accesses of the SSI look at them again and again. */
const CONTROLS = Array.from({ length: PIN_COUNT }, (_, n) => `CTRL${n}`);
const OVERRIDE = { low: 2, high: 3 } as const;
const PAD = { OD: 0x80, PUE: 0x08 } as const;

/** The six pins towards the flash: functions, overrides, pads. */
export class QuadPins {
  readonly io: Words;
  readonly pads: Words;

  /** `changed` is called where chip select may have. */
  constructor(changed: () => void) {
    this.io = new Words("IO_QSPI", [
      ...words(PIN_COUNT, 0x0, 8, (n) => ({ name: `STATUS${n}`, writable: 0 })),
      ...words(PIN_COUNT, 0x4, 8, (n) => ({ name: `CTRL${n}`, reset: 0x1f, wrote: changed })),
      { name: "INTR", offset: 0x30, writable: 0 },
      ...words(9, 0x34, 4, (n) => ({ name: `INT${n}` })),
    ]);
    this.pads = new Words("PADS_QSPI", [
      { name: "VOLTAGE_SELECT", offset: 0x00 },
      { name: "SCLK", offset: 0x04, reset: 0x56 },
      ...words(4, 0x08, 4, (n) => ({ name: `SD${n}`, reset: 0x52 })),
      { name: "SS", offset: 0x18, reset: 0x5a },
    ]);
  }

  get peripherals(): readonly Peripheral[] {
    return [this.io, this.pads];
  }

  /** All pins have the flash as their function. */
  get areConnected(): boolean {
    for (const name of CONTROLS) if ((this.io.get(name) & 0x1f) !== 0) return false;
    return true;
  }

  /** What the override makes of chip select; undefined where the SSI drives it. */
  get selectOverride(): 0 | 1 | undefined {
    const override = (this.io.get(CONTROLS[SS]) >>> 8) & 3;
    if (override === OVERRIDE.low) return 0;
    return override === OVERRIDE.high ? 1 : undefined;
  }

  /** The flash's data input in eight clocks: a pad whose output is off shows its pull. */
  seen(byte: number): number {
    const pad = this.pads.get("SD0");
    if ((pad & PAD.OD) === 0) return byte;
    return (pad & PAD.PUE) !== 0 ? 0xff : 0x00;
  }
}
