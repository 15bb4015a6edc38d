import { romTableOf } from "../../chip/debug/rom-table.ts";
import type { ComponentPage, CpuProfile } from "../../cpu/profiles/profile.ts";
import { M4F } from "../../cpu/profiles/v7m.ts";
import type { Stm32F4Chip } from "./chip-data.ts";

/** Trace components beside the core's own (Cortex-M4 TRM, table 3-1); there is no trace buffer. */
const TRACE: readonly ComponentPage[] = [
  {
    name: "TPIU",
    base: 0xe0040000,
    cid: 0xb105900d,
    pid: 0x000bb9a1,
    words: { 0x300: 0x8, 0x304: 0x102, 0xfc8: 0xca1, 0xfcc: 0x11 },
  },
  { name: "ETM", base: 0xe0041000, cid: 0xb105900d, pid: 0x000bb925, words: { 0xfcc: 0x13 } },
];

/** PIDR2..0 of the ROM table: JEP106 code 0x20 of bank 0 (ST), part = device ID. */
const pidOf = (device: number): number => (0x000a0000 | (device & 0xfff)) >>> 0;

/** An STM32F4's Cortex-M4F: 82 to 97 interrupt lines, four priority bits, an MPU (RM0090, table 61 and 62; PM0214). */
export function coreOf({ idcode }: Stm32F4Chip): CpuProfile {
  const romTable = { ...M4F.romTable, pid: pidOf(idcode) };
  return { ...M4F, interruptLines: 97, mpuRegions: 8, romTable };
}

/** Its pages outside the core: trace components and the ROM table. */
export const componentsOf = (chip: Stm32F4Chip): readonly ComponentPage[] => [
  ...TRACE,
  { ...romTableOf(coreOf(chip), TRACE), pidr4: 0x00 },
];
