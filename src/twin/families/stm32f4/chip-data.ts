import type { u32 } from "../../../base/u32.ts";

/** Neighbouring flash sectors of one size, in bytes. */
export interface SectorRun {
  readonly size: number;
  readonly count: number;
}

/** What tells one STM32F4 from another, for the twin: a new one is a file of this shape. */
export interface Stm32F4Chip {
  readonly name: string;
  /** DBGMCU_IDCODE: revision in 31:16, device in 11:0. */
  readonly idcode: u32;
  /** The sectors of one bank; a second one, where there is one, has the same. */
  readonly bankSectors: readonly SectorRun[];
  readonly banks: 1 | 2;
  /** Bytes of SRAM from 0x20000000 on. */
  readonly sram: number;
  /** Whether 64 KB of core-coupled memory are at 0x10000000. */
  readonly ccm: boolean;
  /** Whether OPTCR has DB1M and SPRMOD, OPTCR1 and the RDERR flag exist, and PWR has an over-drive. */
  readonly isF42x: boolean;
  /** GPIO ports: the last letter. */
  readonly lastPort: "H" | "I" | "K";
}

/** Flash of 16, 64 and 128 KB sectors: 1 MB (RM0090, table 5). */
export const SECTORS_1MB: readonly SectorRun[] = [
  { size: 0x4000, count: 4 },
  { size: 0x10000, count: 1 },
  { size: 0x20000, count: 7 },
];

/** The same of 512 KB (RM0390, table 4). */
export const SECTORS_512KB: readonly SectorRun[] = [
  { size: 0x4000, count: 4 },
  { size: 0x10000, count: 1 },
  { size: 0x20000, count: 3 },
];
