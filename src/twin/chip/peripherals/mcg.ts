import type { AccessSize } from "../../cpu/seam.ts";
import type { Saved } from "../saved.ts";
import type { Peripheral } from "./peripheral.ts";
import { RegisterBank, readOnly, register } from "./register-bank.ts";

/** The slow internal reference (typical). */
const SLOW_IRC_HZ = 32_768;
/** The fast internal reference (typical). */
const FAST_IRC_HZ = 4_000_000;
/** The crystal that boards are supposed to have, for the external modes (unsure: boards differ). */
const CRYSTAL_HZ = 8_000_000;
/** FLL factors by C4.DRST_DRS, without and with C4.DMX32. */
const FLL_FACTORS = [
  [640, 732],
  [1280, 1464],
  [1920, 2197],
  [2560, 2929],
] as const;

/** MCG_S bits. */
const S = { PLLST: 0x20, LOCK0: 0x40, OSCINIT0: 0x02, IREFST: 0x10, CLKST_SHIFT: 2 } as const;

/** Multipurpose clock generator: FEI after reset, 20.97 MHz. Modes change at once; nothing has to lock. */
export class Mcg implements Peripheral {
  readonly name = "MCG";
  private readonly bank = new RegisterBank("MCG", [
    register("C1", 0x0, 1, 0x04),
    register("C2", 0x1, 1, 0x80),
    register("C3", 0x2, 1, 0x80),
    register("C4", 0x3, 1, 0x00),
    register("C5", 0x4, 1, 0x00),
    register("C6", 0x5, 1, 0x00),
    readOnly("S", 0x6, 1, 0x10),
    register("SC", 0x8, 1, 0x02),
    register("ATCVH", 0xa, 1, 0x00),
    register("ATCVL", 0xb, 1, 0x00),
    register("C7", 0xc, 1, 0x00),
    register("C8", 0xd, 1, 0x80),
  ]);
  private readonly changed: () => void;

  /** `changed` is called after every write, for the owner of a rate. */
  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** MCGOUTCLK in hertz. */
  get outputHz(): number {
    const clks = this.bank.get("C1") >>> 6;
    if (clks === 2) return CRYSTAL_HZ;
    if (clks === 1) return this.bank.get("C2") & 1 ? FAST_IRC_HZ / this.fastDivider : SLOW_IRC_HZ;
    return this.usesPll ? this.pllHz : this.fllHz;
  }

  read(offset: number, size: AccessSize): number {
    return this.bank.read(offset, size);
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    const result = this.bank.write(offset, size, value);
    this.bank.set("S", this.status());
    this.changed();
    return result;
  }

  reset(): void {
    this.bank.reset();
    this.changed();
  }

  save(): Saved {
    return this.bank.save();
  }

  restore(saved: Saved): void {
    this.bank.restore(saved);
    this.changed();
  }

  private get usesPll(): boolean {
    return (this.bank.get("C6") & 0x40) !== 0;
  }

  private get fastDivider(): number {
    return 1 << ((this.bank.get("SC") >>> 1) & 7);
  }

  private get fllHz(): number {
    const c4 = this.bank.get("C4");
    return SLOW_IRC_HZ * FLL_FACTORS[(c4 >>> 5) & 3][c4 >>> 7];
  }

  private get pllHz(): number {
    return (CRYSTAL_HZ / ((this.bank.get("C5") & 0x1f) + 1)) * ((this.bank.get("C6") & 0x1f) + 24);
  }

  private status(): number {
    const c1 = this.bank.get("C1");
    const source = c1 >>> 6 === 0 && this.usesPll ? 3 : c1 >>> 6;
    const pll = this.usesPll ? S.PLLST | S.LOCK0 : 0;
    const crystal = this.bank.get("C2") & 0x04 ? S.OSCINIT0 : 0;
    return (source << S.CLKST_SHIFT) | (c1 & 0x04 ? S.IREFST : 0) | pll | crystal;
  }
}
