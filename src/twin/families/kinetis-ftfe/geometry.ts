import type { u32 } from "../../../base/u32.ts";

/** Program flash in bytes (NXP MK24F12 header, FSL_FEATURE_FLASH_PFLASH_BLOCK_SIZE x 2). */
export const FLASH_SIZE = 0x100000;
/** One of the two program flash blocks. Reading one while a command works on the other is allowed. */
export const BLOCK_SIZE = 0x80000;
/** The unit of ERSSCR. */
export const SECTOR_SIZE = 0x1000;
/** The unit of PGM8 and of the ECC. */
export const PHRASE_SIZE = 8;
/** The unit of PGMSEC and RD1SEC, and the alignment of the erase commands (data path of 16 bytes). */
export const DOUBLE_PHRASE_SIZE = 16;
/** One of the 32 regions of FPROT. */
export const REGION_SIZE = 0x8000;

/** The program flash IFR that RDRSRC reads at 0x000 to 0x3FF. */
export const IFR_SIZE = 0x400;
/** The program-once field: eight records of 8 bytes. */
export const ONCE_SIZE = 64;

/** The programming acceleration RAM. */
export const FLEXRAM_BASE: u32 = 0x14000000;
/** Its size; PGMSEC uses the first quarter. */
export const FLEXRAM_SIZE = 0x1000;
/** What PGMSEC takes at most in one command (NXP fsl_ftfx, kFLASH_AccelerationRamSize). */
export const SECTION_BUFFER_SIZE = 0x400;
