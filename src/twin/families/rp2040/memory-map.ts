import type { u32 } from "../../../base/u32.ts";
import type { Resettable } from "./peripherals/resets.ts";

/** One row of the peripheral map: four slots of 4 KB, three of them for atomic writes. */
export interface Slot {
  readonly name: string;
  readonly base: u32;
  /** The bit of RESETS that holds it; absent where none does. */
  readonly reset?: Resettable;
}

const slot = (name: string, base: u32, reset?: Resettable): Slot => ({ name, base, ...(reset && { reset }) });

/** Length of a slot with its aliases. */
export const SLOT_LENGTH = 0x4000;
/** Bytes of the boot ROM. */
export const ROM_SIZE = 0x4000;
/** Where SRAM begins. */
export const SRAM = 0x20000000;
/** Bytes of SRAM, all six banks. */
export const SRAM_SIZE = 0x42000;
/** The window of flash: cached, without allocation, uncached, neither (data sheet 2.6.3). */
export const XIP = [0x10000000, 0x11000000, 0x12000000, 0x13000000] as const;
/** The cache as memory. */
export const XIP_SRAM = 0x15000000;
/** Bytes of the cache. */
export const XIP_SRAM_SIZE = 0x4000;
/** The single-cycle I/O block, each core its own. */
export const SIO = 0xd0000000;

/** The peripherals that the twin models (data sheet 2.2). */
export const SLOTS: readonly Slot[] = [
  slot("XIP_CTRL", 0x14000000),
  slot("SSI", 0x18000000),
  slot("SYSINFO", 0x40000000),
  slot("SYSCFG", 0x40004000),
  slot("CLOCKS", 0x40008000),
  slot("RESETS", 0x4000c000),
  slot("PSM", 0x40010000),
  slot("IO_BANK0", 0x40014000, "IO_BANK0"),
  slot("IO_QSPI", 0x40018000, "IO_QSPI"),
  slot("PADS_BANK0", 0x4001c000, "PADS_BANK0"),
  slot("PADS_QSPI", 0x40020000, "PADS_QSPI"),
  slot("XOSC", 0x40024000),
  slot("PLL_SYS", 0x40028000, "PLL_SYS"),
  slot("PLL_USB", 0x4002c000, "PLL_USB"),
  slot("BUSCTRL", 0x40030000),
  slot("UART0", 0x40034000, "UART0"),
  slot("UART1", 0x40038000, "UART1"),
  slot("TIMER", 0x40054000, "TIMER"),
  slot("WATCHDOG", 0x40058000),
  slot("ROSC", 0x40060000),
  slot("VREG_AND_CHIP_RESET", 0x40064000),
  slot("TBMAN", 0x4006c000),
  slot("USB_DPRAM", 0x50100000),
  slot("USBCTRL", 0x50110000),
];

/** Peripherals that the RP2040 has and the twin hasn't: an access faults and says which it was. */
const NOT_MODELLED: readonly Slot[] = [
  slot("SPI0", 0x4003c000),
  slot("SPI1", 0x40040000),
  slot("I2C0", 0x40044000),
  slot("I2C1", 0x40048000),
  slot("ADC", 0x4004c000),
  slot("PWM", 0x40050000),
  slot("RTC", 0x4005c000),
];

/** The same, with windows longer than a slot. */
const NOT_MODELLED_RANGES = [
  { name: "DMA", first: 0x50000000, last: 0x5000ffff },
  { name: "PIO0", first: 0x50200000, last: 0x502fffff },
  { name: "PIO1", first: 0x50300000, last: 0x503fffff },
  { name: "XIP_AUX", first: 0x50400000, last: 0x504fffff },
  { name: "unstriped SRAM", first: 0x21000000, last: 0x2103ffff },
] as const;

/** What lies elsewhere; the first match counts. */
const REGIONS = [
  { name: "above the ROM", first: 0x00004000, last: 0x0fffffff },
  { name: "the flash window", first: 0x10000000, last: 0x13ffffff },
  { name: "reserved beside the flash", first: 0x14000000, last: 0x1fffffff },
  { name: "above SRAM", first: 0x20042000, last: 0x3fffffff },
  { name: "reserved peripheral slot", first: 0x40000000, last: 0x5fffffff },
  { name: "single-cycle I/O", first: 0xd0000000, last: 0xdfffffff },
  { name: "private peripheral bus", first: 0xe0000000, last: 0xe00fffff },
  { name: "reserved", first: 0x00000000, last: 0xffffffff },
] as const;

const inSlot = (address: u32) => (each: Slot) => address >= each.base && address < each.base + SLOT_LENGTH;
const inRange = (address: u32) => (each: { first: number; last: number }) =>
  address >= each.first && address <= each.last;

/** Whether an address belongs to a peripheral that the RP2040 has and the twin hasn't. */
export const isNotModelled = (address: u32): boolean =>
  NOT_MODELLED.some(inSlot(address)) || NOT_MODELLED_RANGES.some(inRange(address));

/** The name of whatever an address belongs to. */
export function placeOf(address: u32): string {
  const known = [...NOT_MODELLED, ...SLOTS].find(inSlot(address)) ?? NOT_MODELLED_RANGES.find(inRange(address));
  return known?.name ?? REGIONS.find(inRange(address))!.name;
}
