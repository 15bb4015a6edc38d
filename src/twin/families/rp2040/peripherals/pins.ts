import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { Words, words } from "../words.ts";

const PINS = 30;
const ALL = 0x3fffffff;
/** FUNCSEL of the SIO, and of nothing. */
const FUNCTION_SIO = 5;
const FUNCTION_NONE = 0x1f;

/** The 30 pins of bank 0: what the SIO drives, functions and pads. Nothing hangs on them but their own pulls. */
export class Pins {
  readonly io: Words;
  readonly pads: Words;
  out = 0;
  enabled = 0;

  constructor() {
    this.io = new Words("IO_BANK0", [
      ...words(PINS, 0x0, 8, (n) => ({ name: `STATUS${n}`, writable: 0, read: () => this.statusOf(n) })),
      ...words(PINS, 0x4, 8, (n) => ({ name: `CTRL${n}`, reset: FUNCTION_NONE })),
      ...words(4, 0xf0, 4, (n) => ({ name: `INTR${n}`, writable: 0 })),
      ...words(12, 0x100, 4, (n) => ({ name: `PROC0_${n}` })),
      ...words(12, 0x130, 4, (n) => ({ name: `PROC1_${n}` })),
      ...words(12, 0x160, 4, (n) => ({ name: `DORMANT_${n}` })),
    ]);
    this.pads = new Words("PADS_BANK0", [
      { name: "VOLTAGE_SELECT", offset: 0 },
      ...words(PINS, 0x4, 4, (n) => ({ name: `GPIO${n}`, reset: 0x56 })),
      { name: "SWCLK", offset: 0x7c, reset: 0xda },
      { name: "SWD", offset: 0x80, reset: 0x5a },
    ]);
  }

  get peripherals(): readonly Peripheral[] {
    return [this.io, this.pads];
  }

  /** The SIO's outputs. */
  drive(out: number, enabled: number): void {
    this.out = (out & ALL) >>> 0;
    this.enabled = (enabled & ALL) >>> 0;
  }

  /** The pins' levels: what is driven, else the pull-up. */
  get levels(): number {
    let levels = 0;
    for (let n = 0; n < PINS; n++) if (this.levelOf(n)) levels |= 1 << n;
    return levels >>> 0;
  }

  private levelOf(n: number): boolean {
    const isSio = (this.io.get(`CTRL${n}`) & 0x1f) === FUNCTION_SIO;
    if (isSio && (this.enabled >>> n) & 1) return ((this.out >>> n) & 1) === 1;
    return (this.pads.get(`GPIO${n}`) & 8) !== 0;
  }

  private statusOf(n: number): number {
    const level = this.levelOf(n) ? 1 : 0;
    return (level << 8) | (level << 9) | (((this.enabled >>> n) & 1) << 12) | (level << 17);
  }
}
