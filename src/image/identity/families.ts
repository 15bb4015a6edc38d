/** Families of chips that an image can be told to be for; narrower than a vendor, wider than a part number. */
export type ImageFamilyId =
  | "stm32"
  | "nrf5"
  | "nrf53-91"
  | "kinetis"
  | "lpc"
  | "lpc55"
  | "sam-d2"
  | "sam-d5"
  | "sam"
  | "efm32"
  | "imxrt"
  | "rp2040"
  | "rp2350"
  | "mspm0"
  | "esp";

/** What is known of a family's chips from outside: names, and where code and peripherals lie. */
export interface ImageFamily {
  readonly id: ImageFamilyId;
  readonly name: string;
  /** Where its flash may begin: an image for it has bytes behind one of these. */
  readonly flash: readonly number[];
  /** How much address space from there is its flash's, at most. */
  readonly flashLength: number;
  /** Those of the peripherals that hardly any other family has at such an address; without one a count says nothing. */
  readonly distinctive?: readonly number[];
  /** Address space in which it has none: code that names several places there is another family's. */
  readonly empty?: readonly [start: number, end: number];
  /** First addresses of peripherals that nearly every program for it uses (the vendors' reference manuals). */
  readonly peripherals: readonly number[];
}

const MB = 0x10_0000;

/** Every family that is told apart, in no order. Peripherals are those of clocks, flash, ports, serial lines, timers. */
export const IMAGE_FAMILIES: readonly ImageFamily[] = [
  {
    id: "stm32",
    name: "STM32, or a chip built like it (GD32, AT32, APM32)",
    flash: [0x0800_0000],
    flashLength: 4 * MB,
    // RCC, FLASH, PWR, GPIOA to C, SYSCFG, EXTI, USART1 and 2, TIM2, DBGMCU of F0 to F7, G, L, WB, H7, U5 and H5.
    peripherals: [
      0x4002_1000, 0x4002_3800, 0x5802_4400, 0x4602_0c00, 0x4402_0c00, 0x5800_0000, 0x4002_2000, 0x4002_3c00,
      0x5200_2000, 0x5800_4000, 0x4000_7000, 0x4001_0800, 0x4001_0c00, 0x4001_1000, 0x4800_0000, 0x4800_0400,
      0x4002_0000, 0x4002_0400, 0x4002_0800, 0x4002_0c00, 0x5000_0000, 0x5000_0400, 0x5802_0000, 0x5802_0400,
      0x4202_0000, 0x4202_0400, 0x4001_0000, 0x4001_0400, 0x4001_3800, 0x4001_3c00, 0x4001_1400, 0x4000_4400,
      0x4000_0000, 0x4000_0400, 0x4001_2c00, 0xe004_2000, 0xe004_4000, 0x4001_5800, 0x4000_3000, 0x4002_6000,
      0x4002_6400, 0x4000_5400, 0x4001_3000,
    ],
  },
  {
    id: "nrf5",
    name: "nRF51 or nRF52",
    flash: [0],
    flashLength: MB,
    empty: [0x4003_0000, 0x5000_0000],
    distinctive: [0x4001_e000, 0x5000_0000, 0x5000_0300, 0x1000_0000, 0x1000_1000],
    // CLOCK, RADIO, UART0, SPI/TWI, GPIOTE, SAADC, TIMER0 to 2, RTC0, TEMP, RNG, ECB, AAR, WDT, RTC1, NVMC, PPI, P0, FICR, UICR.
    peripherals: [
      0x4000_0000, 0x4000_1000, 0x4000_2000, 0x4000_3000, 0x4000_4000, 0x4000_6000, 0x4000_7000, 0x4000_8000,
      0x4000_9000, 0x4000_a000, 0x4000_b000, 0x4000_c000, 0x4000_d000, 0x4000_e000, 0x4000_f000, 0x4001_0000,
      0x4001_1000, 0x4001_e000, 0x4001_f000, 0x5000_0000, 0x5000_0300, 0x1000_0000, 0x1000_1000, 0x4002_7000,
    ],
  },
  {
    id: "nrf53-91",
    name: "nRF53 or nRF91",
    flash: [0, 0x0100_0000],
    flashLength: MB,
    distinctive: [0x5003_9000, 0x4003_9000, 0x5084_2500, 0x4084_2500, 0x00ff_0000, 0x00ff_8000, 0x5000_5000],
    // SPU, REGULATORS, CLOCK, CTRLAP, SERIAL0 to 3, TIMER, RTC, NVMC, P0, secure and not, FICR, UICR.
    peripherals: [
      0x5000_3000, 0x5000_4000, 0x5000_5000, 0x5000_6000, 0x5000_8000, 0x5000_9000, 0x5000_a000, 0x5000_f000,
      0x5001_0000, 0x5001_4000, 0x5001_5000, 0x5003_9000, 0x4003_9000, 0x5084_2500, 0x4084_2500, 0x5002_a000,
      0x00ff_0000, 0x00ff_8000, 0x4108_0000, 0x4100_5000,
    ],
  },
  {
    id: "kinetis",
    name: "Kinetis or S32K1",
    flash: [0],
    flashLength: 2 * MB,
    distinctive: [0x4004_7000, 0x4006_4000, 0x4005_2000, 0x400f_f000, 0x4004_9000, 0x4007_e000],
    // FTFx, SIM, PORTA to E, WDOG, MCG, OSC, I2C0, UART0 to 2, USB0, LLWU, PMC, SMC, RCM, GPIOA to E, PIT, LPTMR, DMA, AXBS.
    peripherals: [
      0x4002_0000, 0x4004_7000, 0x4004_8000, 0x4004_9000, 0x4004_a000, 0x4004_b000, 0x4004_c000, 0x4004_d000,
      0x4005_2000, 0x4006_4000, 0x4006_5000, 0x4006_6000, 0x4006_a000, 0x4006_b000, 0x4006_c000, 0x4007_2000,
      0x4007_c000, 0x4007_d000, 0x4007_e000, 0x4007_f000, 0x400f_f000, 0x4003_7000, 0x4004_0000, 0x4000_8000,
      0x4001_f000, 0x4002_d000,
    ],
  },
  {
    id: "lpc",
    name: "LPC (8xx to 43xx, 54xxx)",
    flash: [0, 0x1a00_0000, 0x1400_0000],
    flashLength: 64 * MB,
    distinctive: [0x4004_8000, 0x400f_c000, 0x2009_c000, 0xa000_0000, 0x4005_0000, 0x4005_1000, 0x4008_c000],
    // SYSCON, IOCON, GPIO, UART, timers of 8xx, 11xx, 13xx, 17xx, 40xx, 43xx and 54xxx.
    peripherals: [
      0x4004_8000, 0x4004_4000, 0xa000_0000, 0x5000_0000, 0x5001_0000, 0x5002_0000, 0x5003_0000, 0x4000_c000,
      0x4001_0000, 0x4001_4000, 0x4001_8000, 0x4000_8000, 0x400f_c000, 0x4002_c000, 0x2009_c000, 0x2009_8000,
      0x4004_3000, 0x4005_0000, 0x4005_1000, 0x4005_2000, 0x400f_4000, 0x4008_6000, 0x4006_4000, 0x4000_4000,
      0x4000_1000, 0x4008_c000, 0x4003_c000,
    ],
  },
  {
    id: "lpc55",
    name: "LPC55",
    flash: [0, 0x1000_0000],
    flashLength: MB,
    distinctive: [0x5000_0000, 0x5001_3000, 0x5003_4000, 0x4003_4000, 0x500a_c000, 0x4008_c000, 0x5008_c000],
    // SYSCON, IOCON, PINT, CTIMER0, PMC, ANACTRL, flash controller, GPIO, FLEXCOMM0 to 2, secure and not, AHB secure controller.
    peripherals: [
      0x5000_0000, 0x5000_1000, 0x5000_4000, 0x5002_0000, 0x4002_0000, 0x5001_3000, 0x4001_3000, 0x5003_4000,
      0x4003_4000, 0x5008_c000, 0x4008_c000, 0x5008_6000, 0x4008_6000, 0x5008_7000, 0x5008_8000, 0x500a_c000,
      0x4009_5000, 0x5009_5000,
    ],
  },
  {
    id: "sam-d2",
    name: "SAM D, L or C (Cortex-M0+)",
    flash: [0],
    flashLength: MB,
    distinctive: [0x4100_4000, 0x4100_4400, 0x4200_0800, 0x0080_6000],
    // PM, SYSCTRL, GCLK, WDT, RTC, EIC, DSU, NVMCTRL, PORT, DMAC, USB, MTB, EVSYS, SERCOM0 to 3, TCC0, TC3, ADC.
    peripherals: [
      0x4000_0400, 0x4000_0800, 0x4000_0c00, 0x4000_1000, 0x4000_1400, 0x4000_1800, 0x4100_2000, 0x4100_4000,
      0x4100_4400, 0x4100_4800, 0x4100_5000, 0x4200_0400, 0x4200_0800, 0x4200_0c00, 0x4200_1000, 0x4200_1400,
      0x4200_2000, 0x4200_2c00, 0x4200_4000, 0x6000_0000, 0x0080_6000,
    ],
  },
  {
    id: "sam-d5",
    name: "SAM D5x or E5x",
    flash: [0],
    flashLength: MB,
    distinctive: [0x4100_6000, 0x4100_8000, 0x4000_1c00],
    // MCLK, RSTC, OSCCTRL, OSC32KCTRL, GCLK, WDT, RTC, EIC, SERCOM, USB, DSU, NVMCTRL, CMCC, PORT, DMAC, EVSYS, NVM's own pages.
    peripherals: [
      0x4000_0800, 0x4000_0c00, 0x4000_1000, 0x4000_1400, 0x4000_1c00, 0x4000_2000, 0x4000_2400, 0x4000_2800,
      0x4000_3000, 0x4000_3400, 0x4100_0000, 0x4100_2000, 0x4100_4000, 0x4100_6000, 0x4100_8000, 0x4100_a000,
      0x4100_e000, 0x4101_2000, 0x4200_1c00, 0x4300_0000, 0x0080_6000, 0x0080_0000,
    ],
  },
  {
    id: "sam",
    name: "SAM3, SAM4, SAM E70, S70 or V7",
    flash: [0x0040_0000, 0x0008_0000],
    flashLength: 2 * MB,
    distinctive: [
      0x400e_0400, 0x400e_0600, 0x400e_0a00, 0x400e_0e00, 0x400e_1a50, 0x400e_1850, 0x400e_1a00, 0x400e_1800,
    ],
    // PMC, UART, CHIPID, EEFC0 and 1, PIOA to E, RSTC, SUPC, RTT, WDT, UTMI, of 3, 4 and the M7s.
    peripherals: [
      0x400e_0400, 0x400e_0600, 0x400e_0740, 0x400e_0940, 0x400e_0800, 0x400e_0a00, 0x400e_0c00, 0x400e_0e00,
      0x400e_1000, 0x400e_1200, 0x400e_1400, 0x400e_1600, 0x400e_1800, 0x400e_1a00, 0x400e_1a10, 0x400e_1a50,
      0x400e_1850, 0x4003_8000, 0x400a_c000,
    ],
  },
  {
    id: "efm32",
    name: "EFM32 or EFR32",
    flash: [0, 0x0800_0000],
    flashLength: 2 * MB,
    distinctive: [0x400c_8000, 0x400e_4000, 0x400c_0000, 0x5000_8000, 0x4003_c000, 0x0fe0_8000],
    // MSC, CMU, EMU, GPIO, DEVINFO, USART, TIMER, RTCC of series 0, 1 and 2.
    peripherals: [
      0x400c_0000, 0x400c_8000, 0x400c_6000, 0x400c_c000, 0x400e_0000, 0x400e_4000, 0x400e_3000, 0x400e_6000,
      0x400e_2000, 0x4000_6000, 0x4000_a000, 0x4001_0000, 0x4001_0400, 0x4001_8000, 0x4004_2000, 0x5000_4000,
      0x5000_8000, 0x5003_0000, 0x5003_c000, 0x4000_8000, 0x4003_0000, 0x4003_c000, 0x0fe0_8000, 0x0fe0_81b0,
      0x5801_8000, 0x5004_8000,
    ],
  },
  {
    id: "imxrt",
    name: "i.MX RT",
    flash: [0x6000_0000, 0x3000_0000, 0x7000_0000, 0x0000_0000],
    flashLength: 64 * MB,
    // CCM, CCM_ANALOG, IOMUXC, IOMUXC_GPR, WDOG1 to 3, GPIO1 to 5, LPUART1, SRC, GPC, SNVS, FlexSPI, GPT, RT11xx's CCM and WDOG.
    peripherals: [
      0x400f_c000, 0x400d_8000, 0x401f_8000, 0x400a_c000, 0x400b_8000, 0x400d_0000, 0x400b_c000, 0x401b_8000,
      0x401b_c000, 0x401c_0000, 0x400c_0000, 0x4018_4000, 0x400f_8000, 0x400f_4000, 0x400d_4000, 0x402a_8000,
      0x401e_c000, 0x400e_8000, 0x40cc_0000, 0x4003_0000, 0x4003_8000, 0x40c8_4000, 0x400e_4000,
    ],
  },
  {
    id: "rp2040",
    name: "RP2040",
    flash: [0x1000_0000],
    flashLength: 16 * MB,
    // CLOCKS, RESETS, IO_BANK0, PADS, XOSC, PLLs, UART0, TIMER, WATCHDOG, ROSC, VREG, DMA, USB, SSI, SIO.
    peripherals: [
      0x4000_8000, 0x4000_c000, 0x4000_e000, 0x4000_f000, 0x4001_0000, 0x4001_4000, 0x4001_8000, 0x4001_c000,
      0x4002_0000, 0x4002_4000, 0x4002_8000, 0x4002_c000, 0x4003_4000, 0x4005_4000, 0x4005_8000, 0x4006_0000,
      0x4006_4000, 0x5000_0000, 0x5011_0000, 0x1800_0000, 0xd000_0000,
    ],
  },
  {
    id: "rp2350",
    name: "RP2350",
    flash: [0x1000_0000],
    flashLength: 32 * MB,
    // CLOCKS, PSM, RESETS, IO_BANK0, PADS, XOSC, PLLs, ACCESSCTRL, UART0, TIMER0, WATCHDOG, POWMAN, TICKS, QMI, SIO.
    peripherals: [
      0x4001_0000, 0x4001_8000, 0x4002_0000, 0x4002_2000, 0x4002_3000, 0x4002_8000, 0x4003_8000, 0x4004_8000,
      0x4005_0000, 0x4005_8000, 0x4006_0000, 0x4007_0000, 0x400b_0000, 0x400d_8000, 0x4010_0000, 0x4010_8000,
      0x400d_0000, 0x5011_0000, 0xd000_0000,
    ],
  },
  {
    id: "mspm0",
    name: "MSPM0",
    flash: [0],
    flashLength: MB,
    distinctive: [0x400a_f000, 0x41c0_0000],
    // SYSCTL, GPIOA and B, flash controller, UART0, TIMG0, IOMUX, WWDT0, NONMAIN, FACTORY.
    peripherals: [
      0x400a_f000, 0x400a_0000, 0x400a_2000, 0x400c_d000, 0x4010_8000, 0x4008_4000, 0x4042_8000, 0x4008_0000,
      0x41c0_0000, 0x41c4_0000,
    ],
  },
];

/** A family's name. */
export const familyName = (id: ImageFamilyId): string =>
  IMAGE_FAMILIES.find((family) => family.id === id)?.name ?? "ESP8266 or ESP32";
