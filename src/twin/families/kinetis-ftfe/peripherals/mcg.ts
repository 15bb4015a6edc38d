import type { AccessSize } from "../../../cpu/seam.ts";
import type { Saved } from "../../../chip/saved.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";

/** The slow internal reference (typical). */
const SLOW_IRC_HZ = 32_768;
/** The fast internal reference (typical). */
const FAST_IRC_HZ = 4_000_000;
/** What the RTC's oscillator and the 48 MHz reference give, C7.OSCSEL = 1 and 2. */
const RTC_HZ = 32_768;
const IRC48M_HZ = 48_000_000;
/** FLL factors by C4.DRST_DRS, without and with C4.DMX32. */
const FLL_FACTORS = [
  [640, 732],
  [1280, 1464],
  [1920, 2197],
  [2560, 2929],
] as const;

/** Dividers of the FLL's external reference by C1.FRDIV: for a 32 kHz reference, and for faster ones. */
const FRDIV_SLOW = [1, 2, 4, 8, 16, 32, 64, 128] as const;
const FRDIV_FAST = [32, 64, 128, 256, 512, 1024, 1280, 1536] as const;

const C1 = { IREFS: 0x04, IRCLKEN: 0x02 } as const;
const C2 = { RANGE: 0x30, EREFS: 0x04, LP: 0x02, IRCS: 0x01 } as const;
const C5 = { PLLCLKEN: 0x40 } as const;
const C6 = { PLLS: 0x40 } as const;
/** MCG_S bits. */
const S = { PLLST: 0x20, LOCK0: 0x40, OSCINIT0: 0x02, IREFST: 0x10, CLKST_SHIFT: 2, IRCST: 0x01 } as const;

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
  private readonly extalHz: number;
  private readonly changed: () => void;

  /** `extalHz` is the board's clock or crystal on EXTAL0; `changed` is called after every write, for the owner of a rate. */
  constructor(extalHz: number, changed: () => void) {
    this.extalHz = extalHz;
    this.changed = changed;
  }

  /** MCGOUTCLK in hertz. */
  get outputHz(): number {
    const clks = this.bank.get("C1") >>> 6;
    if (clks === 2) return this.externalHz;
    if (clks === 1) return this.internalHz;
    return this.usesPll ? this.pllHz : this.fllHz;
  }

  /** MCGIRCLK in hertz, 0 where it is off. */
  get internalClockHz(): number {
    return this.bank.get("C1") & C1.IRCLKEN ? this.internalHz : 0;
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
    return (this.bank.get("C6") & C6.PLLS) !== 0;
  }

  /** The internal reference that C2.IRCS selects. */
  private get internalHz(): number {
    return this.bank.get("C2") & C2.IRCS ? FAST_IRC_HZ / this.fastDivider : SLOW_IRC_HZ;
  }

  /** The external reference that C7.OSCSEL selects. */
  private get externalHz(): number {
    return [this.extalHz, RTC_HZ, IRC48M_HZ][this.bank.get("C7") & 3] ?? this.extalHz;
  }

  private get fastDivider(): number {
    return 1 << ((this.bank.get("SC") >>> 1) & 7);
  }

  private get fllHz(): number {
    const c4 = this.bank.get("C4");
    return this.fllReferenceHz * FLL_FACTORS[(c4 >>> 5) & 3][c4 >>> 7];
  }

  private get fllReferenceHz(): number {
    const c1 = this.bank.get("C1");
    if (c1 & C1.IREFS) return SLOW_IRC_HZ;
    const slow = (this.bank.get("C2") & C2.RANGE) === 0 || (this.bank.get("C7") & 3) === 1;
    return this.externalHz / (slow ? FRDIV_SLOW : FRDIV_FAST)[(c1 >>> 3) & 7];
  }

  private get pllHz(): number {
    return (this.externalHz / ((this.bank.get("C5") & 0x1f) + 1)) * ((this.bank.get("C6") & 0x1f) + 24);
  }

  /** MCG_S. The PLL locks at once where C6.PLLS or C5.PLLCLKEN0 turns it on, unless C2.LP keeps it off in bypass. */
  private status(): number {
    const [c1, c2] = [this.bank.get("C1"), this.bank.get("C2")];
    const clks = c1 >>> 6;
    const source = clks === 0 && this.usesPll ? 3 : clks;
    const bypassed = clks !== 0 && (c2 & C2.LP) !== 0;
    const locks = (this.usesPll && !bypassed) || (this.bank.get("C5") & C5.PLLCLKEN) !== 0;
    const bit = (condition: boolean, mask: number) => (condition ? mask : 0);
    return (
      (source << S.CLKST_SHIFT) |
      bit((c1 & C1.IREFS) !== 0, S.IREFST) |
      bit(this.usesPll, S.PLLST) |
      bit(locks, S.LOCK0) |
      bit((c2 & C2.EREFS) !== 0, S.OSCINIT0) |
      bit((c2 & C2.IRCS) !== 0, S.IRCST)
    );
  }
}
