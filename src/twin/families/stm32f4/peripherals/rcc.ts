import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, register } from "../../../chip/peripherals/register-bank.ts";
import { type Saved, savedPart } from "../../../chip/saved.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";

/** The internal oscillators (RM0090, 7.2). */
const HSI_HZ = 16_000_000;

/** Oscillators and PLLs of CR: the enable bit, and the bit that says it is stable, which comes at once here (unsure). */
const READY = [
  [1 << 0, 1 << 1],
  [1 << 16, 1 << 17],
  [1 << 24, 1 << 25],
  [1 << 26, 1 << 27],
  [1 << 28, 1 << 29],
] as const;
const READY_BITS = READY.reduce((all, [, ready]) => all | ready, 0);
/** LSE in BDCR and LSI in CSR, alike. */
const LOW_SPEED_ON = 1;
const LOW_SPEED_READY = 2;
/** CSR: why the last resets came, and what clears that. */
const RMVF = 1 << 24;
const FLAG = {
  pin: 1 << 26,
  power: 0x0e000000,
  software: 1 << 28,
  watchdog: 1 << 29,
  window: 1 << 30,
} as const;
const FLAGS = 0xfe000000;

/** AHB's divider by CFGR.HPRE 8 to 15, as a shift, and APB's by PPRE 4 to 7. */
const AHB_SHIFTS = [1, 2, 3, 4, 6, 7, 8, 9] as const;

/** Why the system was reset. */
export type ResetCause = "power" | "pin" | "software" | "watchdog" | "lockup";

/** The registers that switch peripherals' clocks on: of AHB1, AHB2, AHB3, APB1, APB2. */
export type Gate = "AHB1ENR" | "AHB2ENR" | "AHB3ENR" | "APB1ENR" | "APB2ENR";

/** Reset and clock control: oscillators that are ready at once, the PLL's output, clock gates, and the causes of resets. */
export class Rcc implements Peripheral {
  readonly name = "RCC";
  private readonly bank = new RegisterBank("RCC", [
    register("CR", 0x00, 4, 0x00000083, 0x150d00f9),
    register("PLLCFGR", 0x04, 4, 0x24003010, 0x7f437fff),
    register("CFGR", 0x08, 4, 0x00000000, 0xfffffcf3),
    register("CIR", 0x0c, 4, 0x00000000, 0x00007f00),
    ...["AHB1RSTR", "AHB2RSTR", "AHB3RSTR"].map((name, i) => register(name, 0x10 + 4 * i, 4, 0)),
    ...["APB1RSTR", "APB2RSTR"].map((name, i) => register(name, 0x20 + 4 * i, 4, 0)),
    register("AHB1ENR", 0x30, 4, 0x00100000),
    register("AHB2ENR", 0x34, 4, 0),
    register("AHB3ENR", 0x38, 4, 0),
    register("APB1ENR", 0x40, 4, 0),
    register("APB2ENR", 0x44, 4, 0),
    register("AHB1LPENR", 0x50, 4, 0x7e6791ff),
    register("AHB2LPENR", 0x54, 4, 0x000000f1),
    register("AHB3LPENR", 0x58, 4, 0x00000001),
    register("APB1LPENR", 0x60, 4, 0x36fec9ff),
    register("APB2LPENR", 0x64, 4, 0x00075f33),
    register("BDCR", 0x70, 4, 0x00000000, 0x00018305),
    register("CSR", 0x74, 4, 0x0e000000, 0x00000001),
    register("SSCGR", 0x80, 4, 0),
    register("PLLI2SCFGR", 0x84, 4, 0x20003000),
    register("PLLSAICFGR", 0x88, 4, 0x24003000),
    register("DCKCFGR", 0x8c, 4, 0),
    register("CKGATENR", 0x90, 4, 0),
    register("DCKCFGR2", 0x94, 4, 0),
  ]);
  private readonly hseHz: number;
  private readonly changed: () => void;
  private readonly isLsiForced: () => boolean;

  constructor(hseHz: number, changed: () => void, isLsiForced: () => boolean) {
    this.hseHz = hseHz;
    this.changed = changed;
    this.isLsiForced = isLsiForced;
  }

  /** The core clock, HCLK. */
  get coreHz(): number {
    const hpre = (this.bank.get("CFGR") >>> 4) & 15;
    return this.systemHz / 2 ** (hpre < 8 ? 0 : AHB_SHIFTS[hpre - 8]);
  }

  /** PCLK1 or PCLK2. */
  apbHz(bus: 1 | 2): number {
    const ppre = (this.bank.get("CFGR") >>> (bus === 1 ? 10 : 13)) & 7;
    return this.coreHz / 2 ** (ppre < 4 ? 0 : ppre - 3);
  }

  /** Whether a peripheral has its clock. */
  isOn(gate: Gate, bit: number): boolean {
    return (this.bank.get(gate) >>> bit) % 2 === 1;
  }

  read(offset: number, size: AccessSize): number {
    this.settle();
    return this.bank.read(offset, size);
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    if ((offset & ~3) === 0x74 && (value << (8 * (offset & 3))) & RMVF)
      this.bank.set("CSR", this.bank.get("CSR") & ~FLAGS);
    this.settle();
    this.changed();
    return 0;
  }

  /** A system reset; the backup domain and the low-speed oscillator keep what they are. */
  reset(): void {
    const [bdcr, csr] = [this.bank.get("BDCR"), this.bank.get("CSR")];
    this.bank.reset();
    this.bank.set("BDCR", bdcr);
    this.bank.set("CSR", csr);
    this.settle();
    this.changed();
  }

  /** Power-on: the backup domain too. */
  powerOn(): void {
    this.bank.reset();
  }

  /** Notes why the system was reset; each reset pulls the pin low, so that the pin's flag is always there. */
  record(cause: ResetCause): void {
    const own = cause === "power" ? FLAG.power : cause === "lockup" ? FLAG.software : FLAG[cause];
    this.bank.set("CSR", (this.bank.get("CSR") | own | FLAG.pin) >>> 0);
  }

  save(): Saved {
    return { bank: this.bank.save() };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
  }

  private get systemHz(): number {
    switch ((this.bank.get("CFGR") >>> 2) & 3) {
      case 1:
        return this.hseHz;
      case 2:
        return this.pllHz;
      default:
        return HSI_HZ;
    }
  }

  /** VCO = input / M * N, output = VCO / P (RM0090, 7.3.2). */
  private get pllHz(): number {
    const word = this.bank.get("PLLCFGR");
    const input = word & 0x00400000 ? this.hseHz : HSI_HZ;
    const [m, n, p] = [word & 0x3f, (word >>> 6) & 0x1ff, (((word >>> 16) & 3) + 1) * 2];
    return ((input / Math.max(1, m)) * n) / p;
  }

  private settle(): void {
    const cr = this.bank.get("CR");
    const ready = READY.reduce((all, [on, bit]) => all | (cr & on ? bit : 0), 0);
    this.bank.set("CR", ((cr & ~READY_BITS) | ready) >>> 0);
    const cfgr = this.bank.get("CFGR");
    // SWS follows SW where the source is on.
    const source = cfgr & 3;
    const isReady = source === 0 || (cr & (source === 1 ? 1 << 16 : 1 << 24)) !== 0;
    this.bank.set("CFGR", ((cfgr & ~0xc) | (isReady ? source << 2 : cfgr & 0xc)) >>> 0);
    for (const name of ["BDCR", "CSR"]) {
      const word = this.bank.get(name);
      // The independent watchdog forces the low-speed oscillator on (RM0090, 21.3.3; that its flag shows it is unsure).
      const isOn = (word & LOW_SPEED_ON) !== 0 || (name === "CSR" && this.isLsiForced());
      this.bank.set(name, ((word & ~LOW_SPEED_READY) | (isOn ? LOW_SPEED_READY : 0)) >>> 0);
    }
  }
}
