import type { BitBand } from "../../chip/bus.ts";
import type { u32 } from "../../../base/u32.ts";

/** The clock gate of a peripheral: a bit in one of the SIM's gate registers; off means bus error. */
export interface ClockGate {
  readonly register: "SCGC1" | "SCGC2" | "SCGC3" | "SCGC4" | "SCGC5" | "SCGC6" | "SCGC7";
  readonly bit: number;
}

/** One row of the peripheral map. */
export interface Slot {
  readonly name: string;
  readonly base: u32;
  readonly length: number;
  readonly gate?: ClockGate;
}

const slot = (name: string, base: u32, gate?: ClockGate, length = 0x1000): Slot => ({ name, base, length, gate });

const gate = (register: ClockGate["register"], bit: number): ClockGate => ({ register, bit });

/** The peripherals that the twin models (bases: NXP MK24F12 header; gates: K-series manual, SIM chapter). */
export const SLOTS: readonly Slot[] = [
  slot("AIPS0", 0x40000000),
  slot("AXBS", 0x40004000),
  slot("SYSMPU", 0x4000d000),
  slot("FMC", 0x4001f000),
  slot("FTFE", 0x40020000, gate("SCGC6", 0)),
  slot("RNG", 0x40029000, gate("SCGC6", 9)),
  slot("SPI0", 0x4002c000, gate("SCGC6", 12)),
  slot("SPI1", 0x4002d000, gate("SCGC6", 13)),
  slot("CRC", 0x40032000, gate("SCGC6", 18)),
  slot("PIT", 0x40037000, gate("SCGC6", 23)),
  slot("FTM0", 0x40038000, gate("SCGC6", 24)),
  slot("FTM1", 0x40039000, gate("SCGC6", 25)),
  slot("FTM2", 0x4003a000, gate("SCGC6", 26)),
  slot("ADC0", 0x4003b000, gate("SCGC6", 27)),
  slot("RTC", 0x4003d000, gate("SCGC6", 29)),
  slot("LPTMR0", 0x40040000, gate("SCGC5", 0)),
  slot("SIM", 0x40047000, undefined, 0x2000),
  slot("PORTA", 0x40049000, gate("SCGC5", 9)),
  slot("PORTB", 0x4004a000, gate("SCGC5", 10)),
  slot("PORTC", 0x4004b000, gate("SCGC5", 11)),
  slot("PORTD", 0x4004c000, gate("SCGC5", 12)),
  slot("PORTE", 0x4004d000, gate("SCGC5", 13)),
  slot("WDOG", 0x40052000),
  slot("MCG", 0x40064000),
  slot("OSC", 0x40065000),
  slot("I2C0", 0x40066000, gate("SCGC4", 6)),
  slot("I2C1", 0x40067000, gate("SCGC4", 7)),
  slot("UART0", 0x4006a000, gate("SCGC4", 10)),
  slot("UART1", 0x4006b000, gate("SCGC4", 11)),
  slot("UART2", 0x4006c000, gate("SCGC4", 12)),
  slot("UART3", 0x4006d000, gate("SCGC4", 13)),
  slot("LLWU", 0x4007c000),
  slot("PMC", 0x4007d000),
  slot("SMC", 0x4007e000),
  slot("RCM", 0x4007f000),
  slot("AIPS1", 0x40080000),
  slot("SPI2", 0x400ac000, gate("SCGC3", 12)),
  slot("FTM3", 0x400b9000, gate("SCGC3", 25)),
  slot("ADC1", 0x400bb000, gate("SCGC3", 27)),
  slot("I2C2", 0x400e6000, gate("SCGC1", 6)),
  slot("UART4", 0x400ea000, gate("SCGC1", 10)),
  slot("UART5", 0x400eb000, gate("SCGC1", 11)),
  slot("GPIO", 0x400ff000),
];

/** Peripherals that the K24 has and the twin hasn't: an access faults and says which it was. */
const NOT_MODELLED: readonly Slot[] = [
  slot("DMA", 0x40008000, undefined, 0x2000),
  slot("FB", 0x4000c000),
  slot("DMAMUX", 0x40021000),
  slot("CAN0", 0x40024000),
  slot("I2S0", 0x4002f000),
  slot("USBDCD", 0x40035000),
  slot("PDB0", 0x40036000),
  slot("RFVBAT", 0x4003e000),
  slot("RFSYS", 0x40041000),
  slot("EWM", 0x40061000),
  slot("CMT", 0x40062000),
  slot("USB0", 0x40072000),
  slot("CMP", 0x40073000),
  slot("VREF", 0x40074000),
  slot("SDHC", 0x400b1000),
  slot("DAC0", 0x400cc000),
  slot("DAC1", 0x400cd000),
  slot("CAU", 0xe0081000),
];

/** Bit-band aliases: one word for each bit of the first megabyte of SRAM_U and of the peripherals. */
export const BIT_BANDS: readonly BitBand[] = [
  { alias: 0x22000000, target: 0x20000000 },
  { alias: 0x42000000, target: 0x40000000 },
];

/** The miscellaneous control module, on the private peripheral bus. */
export const MCM: Slot = slot("MCM", 0xe0080000);

/** A range of the address space outside memory and peripherals, for the text of a fault. */
export interface Region {
  readonly name: string;
  readonly first: u32;
  readonly last: u32;
}

/** What lies where (K24 reference, section 1); the first match counts. */
const REGIONS: readonly Region[] = [
  { name: "unpopulated flash", first: 0x00100000, last: 0x07ffffff },
  { name: "FlexBus alias", first: 0x08000000, last: 0x0fffffff },
  { name: "FlexNVM (not fitted)", first: 0x10000000, last: 0x13ffffff },
  { name: "reserved above FlexRAM", first: 0x14001000, last: 0x1ffeffff },
  { name: "reserved above SRAM", first: 0x20030000, last: 0x21ffffff },
  { name: "flash data alias", first: 0x30000000, last: 0x33ffffff },
  { name: "reserved peripheral slot", first: 0x40000000, last: 0x400fffff },
  { name: "FlexBus", first: 0x60000000, last: 0xdfffffff },
  { name: "private peripheral bus", first: 0xe0000000, last: 0xe00fffff },
  { name: "reserved", first: 0x00000000, last: 0xffffffff },
];

const isIn = (address: u32) => (slot: Slot) => address >= slot.base && address < slot.base + slot.length;

/** Whether an address belongs to a peripheral that the K24 has and the twin hasn't. */
export const isNotModelled = (address: u32): boolean => NOT_MODELLED.some(isIn(address));

/** The name of whatever an address belongs to. */
export function placeOf(address: u32): string {
  const known = [...NOT_MODELLED, ...SLOTS].find(isIn(address));
  return known?.name ?? REGIONS.find((r) => address >= r.first && address <= r.last)!.name;
}
