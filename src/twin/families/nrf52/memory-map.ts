import type { u32 } from "../../../base/u32.ts";

/** One row of the peripheral map. */
export interface Slot {
  readonly name: string;
  readonly base: u32;
}

/** The peripherals that the twin models (MDK, nrf52840.h). The interrupt line is bits 16:12 of the address. */
export const SLOTS: readonly Slot[] = [
  { name: "CLOCK", base: 0x40000000 },
  { name: "UARTE0", base: 0x40002000 },
  { name: "NFCT", base: 0x40005000 },
  { name: "GPIOTE", base: 0x40006000 },
  { name: "TIMER0", base: 0x40008000 },
  { name: "TIMER1", base: 0x40009000 },
  { name: "TIMER2", base: 0x4000a000 },
  { name: "RTC0", base: 0x4000b000 },
  { name: "TEMP", base: 0x4000c000 },
  { name: "RNG", base: 0x4000d000 },
  { name: "WDT", base: 0x40010000 },
  { name: "RTC1", base: 0x40011000 },
  { name: "QDEC", base: 0x40012000 },
  { name: "COMP", base: 0x40013000 },
  { name: "EGU0", base: 0x40014000 },
  { name: "EGU1", base: 0x40015000 },
  { name: "EGU2", base: 0x40016000 },
  { name: "EGU3", base: 0x40017000 },
  { name: "EGU4", base: 0x40018000 },
  { name: "EGU5", base: 0x40019000 },
  { name: "TIMER3", base: 0x4001a000 },
  { name: "TIMER4", base: 0x4001b000 },
  { name: "NVMC", base: 0x4001e000 },
  { name: "PPI", base: 0x4001f000 },
  { name: "MWU", base: 0x40020000 },
  { name: "RTC2", base: 0x40024000 },
  { name: "FPU", base: 0x40026000 },
  { name: "UARTE1", base: 0x40028000 },
  { name: "GPIO", base: 0x50000000 },
];

/** Peripherals that the chips have and the twin hasn't: an access faults and says which it was. */
export const NOT_MODELLED: readonly Slot[] = [
  { name: "RADIO", base: 0x40001000 },
  { name: "SERIAL0", base: 0x40003000 },
  { name: "SERIAL1", base: 0x40004000 },
  { name: "SAADC", base: 0x40007000 },
  { name: "ECB", base: 0x4000e000 },
  { name: "AAR and CCM", base: 0x4000f000 },
  { name: "PWM0", base: 0x4001c000 },
  { name: "PDM", base: 0x4001d000 },
  { name: "PWM1", base: 0x40021000 },
  { name: "PWM2", base: 0x40022000 },
  { name: "SPI2", base: 0x40023000 },
  { name: "I2S", base: 0x40025000 },
  { name: "USBD", base: 0x40027000 },
  { name: "QSPI", base: 0x40029000 },
  { name: "PWM3", base: 0x4002d000 },
  { name: "SPIM3", base: 0x4002f000 },
  { name: "CRYPTOCELL", base: 0x5002a000 },
  { name: "CRYPTOCELL", base: 0x5002b000 },
];

/** A range of the address space outside memory and peripherals, for the text of a fault. */
interface Region {
  readonly name: string;
  readonly first: u32;
  readonly last: u32;
}

/** What lies where; the first match counts. */
const REGIONS: readonly Region[] = [
  { name: "unpopulated flash", first: 0x00000000, last: 0x007fffff },
  { name: "reserved on the code bus", first: 0x00800000, last: 0x0fffffff },
  { name: "FICR", first: 0x10000000, last: 0x10000fff },
  { name: "UICR", first: 0x10001000, last: 0x10001fff },
  { name: "QSPI flash", first: 0x12000000, last: 0x19ffffff },
  { name: "reserved above RAM", first: 0x20000000, last: 0x3fffffff },
  { name: "reserved peripheral slot", first: 0x40000000, last: 0x5fffffff },
  { name: "private peripheral bus", first: 0xe0000000, last: 0xe00fffff },
  { name: "reserved", first: 0x00000000, last: 0xffffffff },
];

const SLOT_LENGTH = 0x1000;

const isIn = (address: u32) => (slot: Slot) => address >= slot.base && address < slot.base + SLOT_LENGTH;

/** Whether an address belongs to a peripheral that the chip has and the twin hasn't. */
export const isNotModelled = (address: u32): boolean => NOT_MODELLED.some(isIn(address));

/** The name of whatever an address belongs to. */
export function placeOf(address: u32): string {
  const known = [...NOT_MODELLED, ...SLOTS].find(isIn(address));
  return known?.name ?? REGIONS.find((r) => address >= r.first && address <= r.last)!.name;
}

/** The base of a slot by its name; 0 where there is none. */
export const baseOf = (name: string): u32 => SLOTS.find((each) => each.name === name)?.base ?? 0;

/** The slot that an address lies in, if it is modelled. */
export const slotAt = (address: u32): Slot | undefined => SLOTS.find(isIn(address));

/** The interrupt line of a slot: its number among the slots of the bridge (MDK, IRQn_Type). */
export const lineOf = (name: string): number => (baseOf(name) >>> 12) & 0x3f;
