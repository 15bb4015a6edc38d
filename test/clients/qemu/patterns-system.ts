import { type Field, type Pattern, rows } from "./patterns.ts";

/** APSR, FPSCR's neighbours and NOP, as 32-bit instructions of the Main Extension. */
export const SYSTEM: readonly Pattern[] = [
  { bits: "1111001111101111 1000dddd 000000ss" },
  { bits: "111100111000nnnn 1000ii00 00000000", accepts: (f) => f("i") !== 0 },
  { bits: "1111001110111111 1000111101001111" },
  { bits: "1011111100000000" },
];

/** What ARMv6-M has as 32-bit instructions: MRS, MSR of APSR_nzcvq, the barriers. */
export const V6_WIDE: readonly Pattern[] = [
  { bits: "1111001111101111 1000dddd 000000ss" },
  { bits: "111100111000nnnn 1000100000000000" },
  ...rows(["0100", "0101", "0110"], (which) => `1111001110111111 10001111 ${which}1111`),
];

/** SYSm of PSP, PRIMASK and CONTROL; MSP would differ between harness and twin. */
const READABLE = ["00001001", "00010000", "00010100"];

/** PSP, PRIMASK and CONTROL read, PRIMASK written, CPS i. A set PRIMASK turns the SVC into a HardFault. */
export const SPECIAL: readonly Pattern[] = [
  ...rows(READABLE, (sysm) => `1111001111101111 1000dddd ${sysm}`),
  { bits: "111100111000nnnn 10001000 00010000" },
  { bits: "10110110011i0010" },
];

/** BASEPRI, BASEPRI_MAX and FAULTMASK read, the first two written; FAULTMASK would lock the SVC up. */
export const MAIN_SPECIAL: readonly Pattern[] = [
  ...rows(["00010001", "00010010", "00010011"], (sysm) => `1111001111101111 1000dddd ${sysm}`),
  ...rows(["00010001", "00010010"], (sysm) => `111100111000nnnn 10001000 ${sysm}`),
];

/** Bases off the word, for what must be aligned; what follows in the vector goes on from there. */
const MISALIGN = "00110110 000000ii";

/** An address that no board has anything at: 3 << 30. */
const NOWHERE = "0010001000000011  0000011110010010";

/** Undefined encodings, and accesses that fault: beside any memory, and (ARMv6-M, Baseline) off their size. */
export const FAULTS: readonly Pattern[] = [
  { bits: "11011110iiiiiiii" },
  { bits: "111101111111iiii 1010iiiiiiiiiiii" },
  { bits: MISALIGN, accepts: (f) => f("i") !== 0 },
  ...rows(
    ["0110L", "0111L", "1000L"],
    (op) => `${NOWHERE}  ${op}00000 010 ddd`,
    (f) => f("d") !== 2,
  ),
];

const reservedPack = (f: Field): boolean => f("S") === 1 || f("T") === 1;

/** Reserved bits of PKHBT and PKHTB, and the space above the coprocessors'. */
export const RESERVED: readonly Pattern[] = [
  { bits: "11101010110S nnnn 0iii dddd iitT mmmm", accepts: reservedPack },
  { bits: "111e1111 vvvvvvvv xxxxxxxxxxxxxxxx" },
];

/** Accesses that need their alignment whatever CCR says, by a base that is off the word. */
export const UNALIGNED: readonly Pattern[] = [
  ...rows(
    [
      "11101001010L 0110 dddd 1000 00000000",
      "1110100010 0L 0110 0000000000000110",
      "111010000101 0110 dddd 111100000000",
    ],
    (access) => `1111001000000110 0000011000000 0ii  ${access}`,
    (f) => f("i") !== 0,
  ),
];

/** LDAEX or its kin, then the STLEX of the same size. */
const acquireReleasePair = (size: string): string =>
  `111010001101 0110 dddd 1111 11${size} 1111  111010001100 0110 nnnn 1111 11${size} eeee`;

const apart = (f: Field): boolean => f("d") !== f("e") && f("n") !== f("e");

const ACQUIRE_RELEASE: readonly Pattern[] = [
  ...rows(["00", "01", "10"], (size) => `111010001101 0110 dddd 1111 10${size} 1111`),
  ...rows(["00", "01", "10"], (size) => `111010001100 0110 nnnn 1111 10${size} 1111`),
  ...rows(["00", "01", "10"], acquireReleasePair, apart),
  { bits: "1110100101111111 1110100101111111" },
];

/** What ARMv8-M Baseline adds to ARMv6-M: MOVW, MOVT, divisions, exclusives, and loads and stores in order. */
export const V8_BASE: readonly Pattern[] = [
  ...rows(["100100", "101100"], (op) => `11110i ${op} iiii 0iii dddd iiiiiiii`),
  ...rows(["1001", "1011"], (op) => `11111011${op} nnnn 1111 dddd 1111 mmmm`),
  { bits: "111010000101 0110 dddd 1111 000000ii  111010000100 0110 nnnn eeee 000000ii", accepts: apart },
  { bits: "1111001110111111 1000111100101111" },
  ...ACQUIRE_RELEASE,
];

/** ARMv8-M's loads and stores in order, SG, the stack limits read, and SP moved in every way. */
export const V8: readonly Pattern[] = [
  ...ACQUIRE_RELEASE,
  { bits: "1111001111101111 1000dddd 0000101s" },
  { bits: "101100001000iiii" },
  { bits: "1011010r00llllll", accepts: (f) => f("l") !== 0 },
  { bits: "111110000100 1101 dddd 1PU1 000iii00" },
  { bits: "111110000100 1101 dddd 1101 00iiii00" },
  { bits: "1110100 10 110 1101 nnnn aaaa 00000iii" },
  { bits: "111011010010 1101 0vvv 1010 00000iii", accepts: (f) => f("i") > 0 },
  { bits: "1111000110101101 00001101 00iiii00" },
];
