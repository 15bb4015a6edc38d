import { different, type Field, type Pattern, rows } from "./patterns.ts";

const notLast = (f: Field): boolean => f("v") !== 31;

/** FPv4-SP arithmetic and conversions. */
export const ARITHMETIC: readonly Pattern[] = [
  ...rows(["0D00", "0D01", "0D10", "0D11", "1D01", "1D10"], (op) => `11101110${op} vvvv vvvv 1010 vov0 vvvv`),
  { bits: "111011101D00 vvvv vvvv 1010 v0v0 vvvv" },
  { bits: "111011101D11 iiii vvvv 1010 0000 iiii" },
  ...rows(["000x", "001x", "0100", "1000", "110x"], (opc) => `111011101D11 ${opc} vvvv 1010 x1v0 vvvv`),
  { bits: "111011101D11 0101 vvvv 1010 x100 0000" },
  ...rows(
    ["101u", "111u"],
    (opc) => `111011101D11 ${opc} vvvv 1010 x1i0 iiii`,
    (f) => f("x") === 1 || fixed16(f),
  ),
];

/** A 16-bit fixed-point format has at most 16 fraction bits: imm4:i up to 16. The letter's bits come as i:imm4. */
const fixed16 = (f: Field): boolean => ((f("i") & 15) << 1) + (f("i") >> 4) <= 16;

/** Moves between the FPU, core registers and memory. */
export const TRANSFERS: readonly Pattern[] = [
  { bits: "111011100000 vvvv nnnn 1010 v001 0000" },
  { bits: "111011100001 vvvv dddd 1010 v001 0000" },
  { bits: "1110111000x0 0vvv nnnn 1011 0001 0000" },
  { bits: "1110111000x1 0vvv dddd 1011 0001 0000" },
  { bits: "111011000100 nnnn aaaa 1010 00v1 vvvv", accepts: notLast },
  { bits: "111011000101 eeee dddd 1010 00v1 vvvv", accepts: (f) => notLast(f) && different(f) },
  { bits: "111011000100 nnnn aaaa 1011 0001 0vvv" },
  { bits: "111011000101 eeee dddd 1011 0001 0vvv", accepts: different },
  { bits: "111011101111 0001 dddd 1010 0001 0000" },
  { bits: "111011101111 0001 1111 1010 0001 0000" },
  { bits: "11101101UD0L bbbb vvvv 1010 00000iii" },
  { bits: "11101101U00L bbbb 0vvv 1011 000000ii" },
  { bits: "111011001DWL bbbb 0vvv 1010 00000iii", accepts: (f) => f("i") > 0 },
  { bits: "111011010D1L bbbb 0vvv 1010 00000iii", accepts: (f) => f("i") > 0 && f("i") < 6 },
  { bits: "111011001D11 1101 0vvv 1010 00000iii", accepts: (f) => f("i") > 0 },
  { bits: "111011010D10 1101 0vvv 1010 00000iii", accepts: (f) => f("i") > 0 },
];

/** FPv5's new instructions on singles. */
export const FPV5: readonly Pattern[] = [
  { bits: "111111100Dcc vvvv vvvv 1010 v0v0 vvvv" },
  { bits: "111111101D00 vvvv vvvv 1010 vov0 vvvv" },
  { bits: "111111101D11 10rr vvvv 1010 01v0 vvvv" },
  { bits: "111111101D11 11rr vvvv 1010 u1v0 vvvv" },
  { bits: "111011101D11 0110 vvvv 1010 z1v0 vvvv" },
  { bits: "111011101D11 0111 vvvv 1010 01v0 vvvv" },
];

/** Double precision: D0 to D15, so the upper bit of every field is 0. */
export const DOUBLE: readonly Pattern[] = [
  ...rows(["0000", "0001", "0010", "0011", "1001", "1010"], (op) => `11101110${op} vvvv vvvv 1011 0o00 vvvv`),
  { bits: "111011101000 vvvv vvvv 1011 0000 vvvv" },
  { bits: "111011101011 iiii vvvv 1011 0000 iiii" },
  ...rows(["000x", "0100"], (opc) => `111011101011 ${opc} vvvv 1011 x100 vvvv`),
  { bits: "111011101011 0101 vvvv 1011 x100 0000" },
  { bits: "111011101D11 0011 vvvv 1011 x100 vvvv" },
  { bits: "111011101011 0010 vvvv 1011 x1v0 vvvv" },
  { bits: "111011101D11 110x vvvv 1011 x100 vvvv" },
  { bits: "111011101011 1000 vvvv 1011 x1v0 vvvv" },
  { bits: "111011101D11 0111 vvvv 1011 1100 vvvv" },
  { bits: "111011101011 0111 vvvv 1010 11v0 vvvv" },
  ...rows(
    ["101u", "111u"],
    (opc) => `111011101011 ${opc} vvvv 1011 x1i0 iiii`,
    (f) => f("x") === 1 || fixed16(f),
  ),
  { bits: "1111111000cc vvvv vvvv 1011 0000 vvvv" },
  { bits: "111111101000 vvvv vvvv 1011 0o00 vvvv" },
  { bits: "111111101011 10rr vvvv 1011 0100 vvvv" },
  { bits: "111111101D11 11rr vvvv 1011 u100 vvvv" },
  { bits: "111011101011 0110 vvvv 1011 z100 vvvv" },
  { bits: "111011101011 0111 vvvv 1011 0100 vvvv" },
];
