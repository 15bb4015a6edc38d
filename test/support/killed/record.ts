import type { PatchRecord } from "../../../src/flash/patches/record.ts";

/** The chip of the records. */
export const RECORD_CHIP = "MK24FN1M0xxx12";

/** The record of one sector on one board; the text says with which of two bytes the sector is filled. */
export const recordOf = (text: string): PatchRecord => ({
  id: `${RECORD_CHIP}-1000-0123456789abcdef`,
  chip: RECORD_CHIP,
  board: "0123456789abcdef",
  sector: 0x1000,
  original: new Uint8Array(0x1000).fill(text === "old" ? 0x11 : 0x22),
  states: [[0x1004]],
});
