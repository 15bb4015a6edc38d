import type { BitBand } from "../../chip/bus.ts";
import type { u32 } from "../../../base/u32.ts";
import type { Placed } from "./peripherals/bridge.ts";

/** Bit-band aliases: one word for each bit of the first megabyte of SRAM and of the peripherals. */
export const BIT_BANDS: readonly BitBand[] = [
  { alias: 0x22000000, target: 0x20000000 },
  { alias: 0x42000000, target: 0x40000000 },
];

interface Named {
  readonly name: string;
  readonly first: u32;
  readonly last: u32;
}

/** Peripherals that the chip has and the twin hasn't (RM0090, table 1). */
const NOT_MODELLED: readonly Named[] = [
  { name: "I2Sext, SAI, LTDC or another peripheral of a bridge", first: 0x40000000, last: 0x40016fff },
  { name: "DMA2D or Ethernet", first: 0x40028000, last: 0x4002bfff },
  { name: "USB OTG HS", first: 0x40040000, last: 0x4007ffff },
  { name: "USB OTG FS", first: 0x50000000, last: 0x5003ffff },
  { name: "DCMI", first: 0x50050000, last: 0x500503ff },
  { name: "CRYP, HASH or RNG", first: 0x50060000, last: 0x50060bff },
  { name: "FSMC or FMC", first: 0xa0000000, last: 0xa0000fff },
];

/** What lies where; the first match counts. */
const REGIONS: readonly Named[] = [
  { name: "boot alias", first: 0x00000000, last: 0x07ffffff },
  { name: "unpopulated flash", first: 0x08000000, last: 0x0fffffff },
  { name: "core-coupled memory", first: 0x10000000, last: 0x1ffeffff },
  { name: "system memory", first: 0x1fff0000, last: 0x1fffffff },
  { name: "reserved above SRAM", first: 0x20000000, last: 0x3fffffff },
  { name: "reserved peripheral slot", first: 0x40000000, last: 0x5fffffff },
  { name: "external memory", first: 0x60000000, last: 0xdfffffff },
  { name: "private peripheral bus", first: 0xe0000000, last: 0xe00fffff },
  { name: "reserved", first: 0x00000000, last: 0xffffffff },
];

const isIn = (address: u32) => (one: Named) => address >= one.first && address <= one.last;

/** Whether an address belongs to a peripheral that the chip has and the twin hasn't. */
export const isNotModelled = (address: u32): boolean => NOT_MODELLED.some(isIn(address));

/** The name of whatever an address belongs to. */
export function placeOf(placed: readonly Placed[], address: u32): string {
  const one = placed.find(({ base, length }) => address >= base && address < base + length);
  return one?.peripheral.name ?? [...NOT_MODELLED, ...REGIONS].find(isIn(address))?.name ?? "reserved";
}
