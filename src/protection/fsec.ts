import { byte8 } from "../base/u32.ts";
import { FSEC } from "../families/kinetis-ftfe/registers-flash.ts";
import type { DecodedField } from "../registers/register.ts";

/** FSEC of an open chip, as shipped and as a mass erase leaves it: no backdoor key access, mass erase enabled (MK24F12.h; AN4835). */
export const OPEN_FSEC = 0xfe;

/** SEC's one open pattern; 00, 01 and 11 are secured (NXP MK24F12.h). */
const SEC_OPEN = 0b10;
/** MEEN's one pattern that disables mass erase (NXP MK24F12.h). */
const MEEN_DISABLED = 0b10;
/** MEEN's pattern of an erased byte: bit 4 stays 1, so no cut on the way from 0xFF can leave `MEEN_DISABLED`. */
const MEEN_ENABLED = 0b11;
/** KEYEN's one pattern that enables backdoor key access (NXP MK24F12.h). */
const KEYEN_ENABLED = 0b10;

/**
 * What a chip with this FSEC is after its next reset. `locked`: a mass erase opens it; `locked-backdoor-only`: only
 * firmware on the chip that offers the back door can; `locked-for-ever`: no tool can.
 */
export type FsecJudgement = "open" | "locked" | "locked-backdoor-only" | "locked-for-ever";

/** The fields of FSEC from KEYEN down to SEC, each with its bits, value and words. */
export const decodeFsec = (byte: number): readonly DecodedField[] => FSEC.decode(byte & 0xff);

/** What a chip with this FSEC is after its next reset; MEEN counts only while it is secured. */
export function judgeFsec(byte: number): FsecJudgement {
  if (FSEC.field(byte, "SEC") === SEC_OPEN) return "open";
  if (FSEC.field(byte, "MEEN") !== MEEN_DISABLED) return "locked";
  return FSEC.field(byte, "KEYEN") === KEYEN_ENABLED ? "locked-backdoor-only" : "locked-for-ever";
}

/** Whether a chip with this FSEC cannot be opened by a mass erase: 48 of the 256 values. */
export const isIrreversible = (byte: number): boolean =>
  ["locked-backdoor-only", "locked-for-ever"].includes(judgeFsec(byte));

/**
 * Whether a power cut while this byte is programmed over 0xFF can leave one that no mass erase opens.
 *
 * Bits fall one by one, so every byte with more ones is a possible leftover: all values with bit 4 = 0 can stop at
 * MEEN = 10 with SEC = 11. That is 32 of the open values, and the 48 secured ones with MEEN = 00.
 */
export const hasDangerousNeighbour = (byte: number): boolean => (byte & 0x10) === 0 && !isIrreversible(byte);

/** The byte that keeps the chip open: SEC := 10, and MEEN := 11 where a cut could otherwise lock it for ever. */
export function keptOpen(byte: number): number {
  const open = FSEC.with(byte & 0xff, { SEC: SEC_OPEN });
  return (byte & 0x10) === 0 ? FSEC.with(open, { MEEN: MEEN_ENABLED }) : open;
}

/** What a judgement is called where a byte is printed: `0x7B (secured)`. */
const FSEC_WORDS: { readonly [Judgement in FsecJudgement]: string } = {
  open: "open",
  locked: "secured",
  "locked-backdoor-only": "secured, mass erase disabled, back door only",
  "locked-for-ever": "secured for ever",
};

/** A security byte for people: `0x7B (secured)`. */
export const fsecText = (byte: number): string => `${byte8(byte)} (${FSEC_WORDS[judgeFsec(byte)]})`;
