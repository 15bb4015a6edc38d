import type { u32 } from "../../../base/u32.ts";

/** What ERASEPAGE erases, and what UICR and FICR take (FICR CODEPAGESIZE). */
export const PAGE_SIZE = 0x1000;
/** What one write programs. */
export const WORD_SIZE = 4;
/** Factory information configuration registers. */
export const FICR_BASE: u32 = 0x10000000;
/** User information configuration registers, a page of flash of its own. */
export const UICR_BASE: u32 = 0x10001000;
/** Data RAM on the system bus. */
export const RAM_BASE: u32 = 0x20000000;
/** The same RAM on the code bus. */
export const CODE_RAM_BASE: u32 = 0x00800000;

/** Words of UICR by their offset (MDK, NRF_UICR_Type). */
export const UICR = { PSELRESET: [0x200, 0x204], APPROTECT: 0x208 } as const;
