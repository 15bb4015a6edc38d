import type { u32 } from "../../../../base/u32.ts";

/**
 * The flash's error-correcting code: 64 data bits and 8 check bits a phrase, single error corrected, double detected.
 *
 * NXP doesn't publish the FTFE's code. This is one of ours in Hsiao's manner (odd-weight columns, "A Class of Optimal
 * Minimum Odd-weight-column SEC-DED Codes", 1970), computed over inverted data, so that an erased phrase (all ones,
 * check bits included) is a valid word. Which column stands for which bit is (unsure) and was chosen to agree with the
 * three things that were seen on silicon:
 * - 7B programmed over FE at 0x40C stays readable as 7A (seed log); so does any value of 0x40C and 0x40D over FE FF;
 * - 7FFFFFFF over B8400D03 in the lower word stays readable;
 * - 7FFFFFFF over B0400D03 doesn't (both: NXP community, K-series FTFE thread).
 *
 * Row n: the columns of the bits 8n to 8n+7.
 */
// biome-ignore format: one row a byte
const COLUMNS: readonly number[] = [
  0x0b, 0x0d, 0x0e, 0x13, 0x23, 0x16, 0x1a, 0x1c,
  0x15, 0x25, 0x26, 0x2a, 0x2c, 0x32, 0x34, 0x43,
  0x45, 0x46, 0x4a, 0x4c, 0x52, 0x54, 0x62, 0x64,
  0x83, 0x85, 0x86, 0x8a, 0x8c, 0x92, 0x94, 0xa2,
  0x07, 0x19, 0x29, 0x31, 0x38, 0x49, 0x51, 0x58,
  0x61, 0x68, 0x70, 0x89, 0x91, 0x98, 0xa1, 0xa8,
  0xa4, 0xb0, 0xc1, 0xc2, 0xc4, 0xc8, 0xd0, 0xe0,
  0x1f, 0x2f, 0x37, 0x3b, 0x3d, 0x3e, 0x4f, 0x57,
];

/** Syndrome of a phrase that no correction saves: even weight, so two bits are wrong. */
export const UNCORRECTABLE = 0x03;

const BYTE_CHECKS = Array.from({ length: 8 }, (_, byte) =>
  Uint8Array.from({ length: 256 }, (_, value) => checkOfByte(byte, value)),
);

function checkOfByte(byte: number, value: number): number {
  let check = 0;
  for (let bit = 0; bit < 8; bit++) if (value & (1 << bit)) check ^= COLUMNS[byte * 8 + bit];
  return check;
}

/** The 8 check bits of a phrase, given as its two little-endian words; all ones for erased flash. */
export function checkBits(low: u32, high: u32): number {
  return checkOfWord(~low, 0) ^ checkOfWord(~high, 4) ^ 0xff;
}

const checkOfWord = (word: number, row: number): number =>
  BYTE_CHECKS[row][word & 0xff] ^
  BYTE_CHECKS[row + 1][(word >>> 8) & 0xff] ^
  BYTE_CHECKS[row + 2][(word >>> 16) & 0xff] ^
  BYTE_CHECKS[row + 3][(word >>> 24) & 0xff];

/** What a syndrome (stored check bits XOR computed ones) means for a read of the phrase. */
export type EccVerdict =
  | { readonly kind: "good" }
  | { readonly kind: "corrected"; readonly bit: number }
  | { readonly kind: "bad" };

const GOOD: EccVerdict = { kind: "good" };
const BAD: EccVerdict = { kind: "bad" };

/** Judges a syndrome: nothing wrong with the data, data bit `bit` (0 to 63) to be flipped, or unreadable. */
export function judge(syndrome: number): EccVerdict {
  // A single wrong check bit leaves the data as it is.
  if ((syndrome & (syndrome - 1)) === 0) return GOOD;
  const bit = COLUMNS.indexOf(syndrome);
  return bit < 0 ? BAD : { kind: "corrected", bit };
}
