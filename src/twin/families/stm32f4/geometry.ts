import type { u32 } from "../../../base/u32.ts";
import type { Stm32F4Chip } from "./chip-data.ts";

/** Main flash; the core also sees it at 0 after a reset with BOOT0 low. */
export const FLASH_BASE: u32 = 0x08000000;
/** Boot loader, one-time area and factory words. */
export const SYSTEM_BASE: u32 = 0x1fff0000;
/** Bytes of it. */
export const SYSTEM_SIZE = 0x8000;
/** The one-time area of 16 blocks of 32 bytes, and its lock bytes, as offsets from `SYSTEM_BASE`. */
export const OTP = { offset: 0x7800, blocks: 16, blockSize: 32, locks: 0x7a00, end: 0x7a10 } as const;
/** The option bytes as memory shows them: RDP, user options and nWRP of bank 1. */
export const OPTION_BASE: u32 = 0x1fffc000;
/** nWRP of bank 2. */
export const OPTION_BASE_2: u32 = 0x1ffec000;
/** SRAM, one range. */
export const SRAM_BASE: u32 = 0x20000000;
/** Core-coupled memory, which only the core and its debugger reach. */
export const CCM_BASE: u32 = 0x10000000;
/** Bytes of it. */
export const CCM_SIZE = 0x10000;
/** Bytes of backup SRAM, at 0x40024000. */
export const BACKUP_SRAM_SIZE = 0x1000;

/** One sector of main flash. */
export interface FlashSector {
  /** Offset from the start of main flash. */
  readonly offset: number;
  readonly size: number;
  readonly bank: 0 | 1;
  /** What CR.SNB names it by: second-bank sectors begin at 0x10. */
  readonly snb: number;
  /** Its bit in the nWRP of its bank. */
  readonly wrpBit: number;
}

/** The sectors of a chip, ascending. */
export function sectorsOf({ bankSectors, banks }: Stm32F4Chip): readonly FlashSector[] {
  const sectors: FlashSector[] = [];
  let offset = 0;
  for (let bank = 0; bank < banks; bank++) {
    let n = 0;
    for (const { size, count } of bankSectors)
      for (let i = 0; i < count; i++, n++) {
        sectors.push({ offset, size, bank: bank as 0 | 1, snb: 0x10 * bank + n, wrpBit: n });
        offset += size;
      }
  }
  return sectors;
}

/** Bytes of main flash. */
export const flashSizeOf = ({ bankSectors, banks }: Stm32F4Chip): number =>
  banks * bankSectors.reduce((sum, { size, count }) => sum + size * count, 0);
