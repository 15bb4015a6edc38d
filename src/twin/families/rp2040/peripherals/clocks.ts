import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type Word, Words, words } from "../words.ts";

/** The ring oscillator before its divider, which is 16 after a reset (data sheet 2.17: 1.8 to 12 MHz then, nominally 6.5). */
const ROSC_RING_HZ = 16 * 6_500_000;
/** ROSC.DIV: this and the divider, 0 for 32; what is written otherwise divides by 31 (2.17.8). */
const ROSC_DIV = 0xaa0;
/** Clock generators: name, offset (data sheet 2.15.7). */
const GENERATORS = [
  ["GPOUT0", 0x00],
  ["GPOUT1", 0x0c],
  ["GPOUT2", 0x18],
  ["GPOUT3", 0x24],
  ["REF", 0x30],
  ["SYS", 0x3c],
  ["PERI", 0x48],
  ["USB", 0x54],
  ["ADC", 0x60],
  ["RTC", 0x6c],
] as const;

/** XOSC.CTRL.ENABLE: the code that enables (data sheet 2.16.7). */
const XOSC_ENABLE = 0xfab;
const PLL_LOCK = 0x80000000;
/** PLL.PWR: PD, DSMPD, POSTDIVPD, VCOPD (data sheet 2.18.4). */
const PLL_POWERED_OFF = 0x01 | 0x08 | 0x20;
const FC0_DONE = 0x10;

/** Clocks of the chip: oscillators, PLLs, and the generators that choose among them. */
export class ClockTree {
  readonly peripherals: readonly Peripheral[];
  private readonly clocks: Words;
  private readonly xosc: Words;
  private readonly rosc: Words;
  private readonly plls: readonly [Words, Words];
  private readonly xtalHz: number;

  /** `changed` is called when a clock may run at another rate. */
  constructor(xtalHz: number, changed: () => void) {
    this.xtalHz = xtalHz;
    this.xosc = new Words("XOSC", [
      { name: "CTRL", offset: 0x00, wrote: changed },
      { name: "STATUS", offset: 0x04, writable: 0, read: () => (this.isXoscOn ? 0x80001000 : 0) },
      { name: "DORMANT", offset: 0x08 },
      { name: "STARTUP", offset: 0x0c, reset: 0xc4 },
      { name: "COUNT", offset: 0x1c, writable: 0 },
    ]);
    this.rosc = new Words("ROSC", [
      { name: "CTRL", offset: 0x00, reset: 0xaa0 },
      ...words(2, 0x04, 4, (n) => ({ name: `FREQ${n}` })),
      { name: "DORMANT", offset: 0x0c },
      { name: "DIV", offset: 0x10, reset: ROSC_DIV + 16, wrote: changed },
      { name: "PHASE", offset: 0x14 },
      { name: "STATUS", offset: 0x18, writable: 0, read: () => 0x80001000 },
      { name: "RANDOMBIT", offset: 0x1c, writable: 0, reset: 1 },
      { name: "COUNT", offset: 0x20, writable: 0 },
    ]);
    this.plls = [this.pll("PLL_SYS", changed), this.pll("PLL_USB", changed)];
    this.clocks = new Words("CLOCKS", [
      ...GENERATORS.flatMap(([name, at]) => this.generator(name, at, changed)),
      ...REST,
    ]);
    this.peripherals = [this.clocks, this.xosc, this.rosc, ...this.plls];
  }

  /** CLK_SYS: the cores', the buses', the SSI's, in hertz. */
  get sysHz(): number {
    const aux = () => [this.pllHz(0), this.pllHz(1), this.roscHz, this.xoscHz, 0, 0][this.auxOf("SYS")] ?? 0;
    const source = (this.clocks.get("SYS_CTRL") & 1) === 0 ? this.refHz : aux();
    return this.divided("SYS", source);
  }

  /** CLK_PERI: the UARTs', in hertz; 0 where it is off. */
  get periHz(): number {
    if ((this.clocks.get("PERI_CTRL") & 0x800) === 0) return 0;
    return [this.sysHz, this.pllHz(0), this.pllHz(1), this.roscHz, this.xoscHz, 0, 0, 0][this.auxOf("PERI")];
  }

  /** CLK_REF: the watchdog's tick is made from it. */
  get refHz(): number {
    const source = this.clocks.get("REF_CTRL") & 3;
    const hz = source === 0 ? this.roscHz : source === 2 ? this.xoscHz : this.pllHz(1);
    return this.divided("REF", hz);
  }

  private get roscHz(): number {
    const div = (this.rosc.get("DIV") & 0xfff) - ROSC_DIV;
    if (div < 0 || div > 31) return ROSC_RING_HZ / 31;
    return ROSC_RING_HZ / (div === 0 ? 32 : div);
  }

  private get isXoscOn(): boolean {
    return this.xosc.get("CTRL") >>> 12 === XOSC_ENABLE;
  }

  private get xoscHz(): number {
    return this.isXoscOn ? this.xtalHz : 0;
  }

  private auxOf(name: string): number {
    return (this.clocks.get(`${name}_CTRL`) >>> 5) & 7;
  }

  /** A clock that stands still would stop everything; the model keeps the ring oscillator then (unsure). */
  private divided(name: string, hz: number): number {
    const div = this.clocks.get(`${name}_DIV`) / 0x100;
    return Math.max(1, Math.round((hz || this.roscHz) / Math.max(1, div)));
  }

  private pllHz(index: 0 | 1): number {
    const pll = this.plls[index];
    if ((pll.get("PWR") & PLL_POWERED_OFF) !== 0) return 0;
    const refdiv = pll.get("CS") & 0x3f || 1;
    const prim = pll.get("PRIM");
    const post = ((prim >>> 16) & 7 || 1) * ((prim >>> 12) & 7 || 1);
    return ((this.xoscHz / refdiv) * (pll.get("FBDIV_INT") & 0xfff)) / post;
  }

  private pll(name: string, changed: () => void): Words {
    const isOn = (pll: Words) => (pll.get("PWR") & 0x21) === 0;
    const pll: Words = new Words(name, [
      { name: "CS", offset: 0x0, reset: 1, read: (kept) => (isOn(pll) ? kept | PLL_LOCK : kept), wrote: changed },
      { name: "PWR", offset: 0x4, reset: 0x2d, wrote: changed },
      { name: "FBDIV_INT", offset: 0x8, wrote: changed },
      { name: "PRIM", offset: 0xc, reset: 0x77000, wrote: changed },
    ]);
    return pll;
  }

  private generator(name: string, at: number, changed: () => void): Word[] {
    const isGlitchless = name === "REF" || name === "SYS";
    const selected = () => (isGlitchless ? 1 << (this.clocks.get(`${name}_CTRL`) & 3) : 1);
    return [
      { name: `${name}_CTRL`, offset: at, wrote: changed },
      { name: `${name}_DIV`, offset: at + 4, reset: 0x100, wrote: changed },
      { name: `${name}_SELECTED`, offset: at + 8, writable: 0, read: selected },
    ];
  }
}

/** The frequency counter ends at once and counts nothing; the rest keeps what is written. */
const REST: readonly Word[] = [
  { name: "SYS_RESUS_CTRL", offset: 0x78, reset: 0xff },
  { name: "SYS_RESUS_STATUS", offset: 0x7c, writable: 0 },
  ...words(6, 0x80, 4, (n) => ({ name: `FC0_${n}` })),
  { name: "FC0_STATUS", offset: 0x98, writable: 0, reset: FC0_DONE },
  { name: "FC0_RESULT", offset: 0x9c, writable: 0 },
  ...words(2, 0xa0, 4, (n) => ({ name: `WAKE_EN${n}`, reset: n === 0 ? 0xffffffff : 0x7fff })),
  ...words(2, 0xa8, 4, (n) => ({ name: `SLEEP_EN${n}`, reset: n === 0 ? 0xffffffff : 0x7fff })),
  ...words(2, 0xb0, 4, (n) => ({ name: `ENABLED${n}`, writable: 0, reset: n === 0 ? 0xffffffff : 0x7fff })),
  { name: "INTR", offset: 0xb8, writable: 0 },
  { name: "INTE", offset: 0xbc },
  { name: "INTF", offset: 0xc0 },
  { name: "INTS", offset: 0xc4, writable: 0 },
];
