import { Words } from "../words.ts";

/** Peripherals by their bit in RESET (RP2040 data sheet 2.14.3). */
const RESET_BITS = {
  ADC: 0,
  DMA: 2,
  I2C0: 3,
  I2C1: 4,
  IO_BANK0: 5,
  IO_QSPI: 6,
  PADS_BANK0: 8,
  PADS_QSPI: 9,
  PIO0: 10,
  PIO1: 11,
  PLL_SYS: 12,
  PLL_USB: 13,
  PWM: 14,
  RTC: 15,
  SPI0: 16,
  SPI1: 17,
  TIMER: 21,
  UART0: 22,
  UART1: 23,
  USBCTRL: 24,
} as const;

/** A peripheral that RESETS holds or releases. */
export type Resettable = keyof typeof RESET_BITS;

const ALL = 0x01ffffff;

/** RESETS: each peripheral is held in reset by a bit; all of them after power-on. */
export class Resets extends Words {
  /** `reset` is called for a peripheral that goes into reset. */
  constructor(reset: (name: Resettable) => void) {
    let before = ALL;
    const changed = (now: number) => {
      for (const [name, bit] of Object.entries(RESET_BITS))
        if (((now & ~before) >>> bit) & 1) reset(name as Resettable);
      before = now;
    };
    super("RESETS");
    this.define([
      { name: "RESET", offset: 0x0, reset: ALL, writable: ALL, wrote: (_, kept) => changed(kept) },
      { name: "WDSEL", offset: 0x4, writable: ALL },
      { name: "RESET_DONE", offset: 0x8, writable: 0, read: () => ~this.get("RESET") & ALL },
    ]);
  }

  /** Whether a peripheral is out of reset. */
  isReleased(name: Resettable): boolean {
    return ((this.get("RESET") >>> RESET_BITS[name]) & 1) === 0;
  }
}
