import { romTableOf } from "../../chip/debug/rom-table.ts";
import type { ComponentPage, CpuProfile } from "../../cpu/profiles/profile.ts";
import { M4F } from "../../cpu/profiles/v7m.ts";
import type { Nrf52Chip } from "./chip-data.ts";

/** JEP106: Nordic is 0x44 of bank 2. */
const NORDIC = { id: 0x44, bank: 2 } as const;

/** PIDR3..0 of a component of Nordic's with this part number, revision 0. */
const nordicPid = (part: number): number => ((NORDIC.id & 0xf) << 12) | (0x8 << 16) | ((NORDIC.id >> 4) << 16) | part;

/** The nRF52's Cortex-M4F: 48 lines, three priority bits, an MPU of 8 regions, no bit-band (unsure). */
export const nrf52Core = ({ romPart }: Nrf52Chip): CpuProfile => ({
  ...M4F,
  interruptLines: 48,
  priorityBits: 3,
  mpuRegions: 8,
  bitBand: false,
  romTable: { ...M4F.romTable, pid: nordicPid(romPart), pidr4: NORDIC.bank },
});

/** TPIU and ETM of a Cortex-M4 (PIDRs as on other chips with r0p1). */
const TRACE: readonly ComponentPage[] = [
  { name: "TPIU", base: 0xe0040000, cid: 0xb105900d, pid: 0x000bb9a1, words: { 0xfc8: 0xca1, 0xfcc: 0x11 } },
  { name: "ETM", base: 0xe0041000, cid: 0xb105900d, pid: 0x000bb925, words: { 0xfcc: 0x13 } },
];

/**
 * The page at 0xF0000000 whose identification registers are those of the ROM table: Nordic's start-up code (MDK 8.2x)
 * looks there for part and revision before it reads FICR (its other words unsure).
 */
const partPage = ({ romTable }: CpuProfile, { revision }: Nrf52Chip): ComponentPage => ({
  name: "part number",
  base: 0xf0000000,
  cid: romTable.cid,
  pid: (romTable.pid & 0x0fffff) | ((revision[1] & 0xf) << 20),
  pidr4: NORDIC.bank,
  words: {},
});

/** The pages outside of the core: trace components, the ROM table, which is Nordic's, and the part number's page. */
export const componentsOf = (core: CpuProfile, chip: Nrf52Chip): readonly ComponentPage[] => [
  ...TRACE,
  romTableOf(core, TRACE),
  partPage(core, chip),
];
