/** Reads the bits of one letter of a pattern, most significant first. */
export type Field = (letter: string) => number;

/**
 * Instruction encodings to draw random instances from, most significant bit first, blanks ignored. Letters are fields:
 * d and e registers to write; n, m, a registers to read; b a base that points into the scratch memory; k a small index.
 * Everything else is random bits. Source: ARMv7-M ARM, A5 to A7. What the manual calls unpredictable, `accepts` keeps out.
 */
export interface Pattern {
  readonly bits: string;
  readonly accepts?: (field: Field) => boolean;
}

/** One pattern a row of a table. */
export const rows = (
  table: readonly string[],
  make: (row: string) => string,
  accepts?: Pattern["accepts"],
): Pattern[] => table.map((row) => (accepts ? { bits: make(row), accepts } : { bits: make(row) }));

const OPCODES = ["0000", "0001", "0010", "0011", "0100", "1000", "1010", "1011", "1101", "1110"];
const COMPARES = ["0000", "0100", "1000", "1101"];
const MOVES = ["0010", "0011"];

/** Data processing with shifted registers and modified immediates. */
export const DATA: readonly Pattern[] = [
  ...rows(OPCODES, (op) => `1110101 ${op} S nnnn 0iii dddd iitt mmmm`),
  ...rows(OPCODES, (op) => `11110i0 ${op} S nnnn 0iii dddd iiiiiiii`),
  ...rows(COMPARES, (op) => `1110101 ${op} 1 nnnn 0iii 1111 iitt mmmm`),
  ...rows(COMPARES, (op) => `11110i0 ${op} 1 nnnn 0iii 1111 iiiiiiii`),
  ...rows(MOVES, (op) => `1110101 ${op} S 1111 0iii dddd iitt mmmm`),
  ...rows(MOVES, (op) => `11110i0 ${op} S 1111 0iii dddd iiiiiiii`),
  ...rows(["100100 iiii", "101100 iiii", "100000 nnnn", "101010 nnnn"], (op) => `11110i ${op} 0iii dddd iiiiiiii`),
  ...rows(["0", "1"], (tb) => `111010101100 nnnn 0iii dddd ii${tb}0 mmmm`),
];

/** Bit fields and saturation. */
export const BIT_FIELDS: readonly Pattern[] = [
  ...rows(
    ["0100", "1100"],
    (op) => `11110011${op} nnnn 0iii dddd ii0 wwwww`,
    (f) => f("i") + f("w") < 32,
  ),
  ...rows(
    ["nnnn", "1111"],
    (rn) => `111100110110 ${rn} 0iii dddd ii0 wwwww`,
    (f) => f("i") <= f("w"),
  ),
  ...rows(
    ["00s0", "10s0"],
    (op) => `11110011${op} nnnn 0iii dddd ii0 wwwww`,
    (f) => f("s") === 0 || f("i") > 0,
  ),
  ...rows(["0010", "1010"], (op) => `11110011${op} nnnn 0000 dddd 0000 wwww`),
];

const EXTENDS = ["000", "001", "010", "011", "100", "101"];
const PARALLEL = ["000", "001", "010", "100", "101", "110"];

/** Register shifts, extensions, parallel arithmetic and reversals. */
export const REGISTER_FORMS: readonly Pattern[] = [
  { bits: "111110100ttS nnnn 1111 dddd 0000 mmmm" },
  ...rows(EXTENDS, (op) => `111110100${op} nnnn 1111 dddd 10rr mmmm`),
  ...rows(EXTENDS, (op) => `111110100${op} 1111 1111 dddd 10rr mmmm`),
  ...rows(
    PARALLEL,
    (op) => `111110101${op} nnnn 1111 dddd 0uww mmmm`,
    (f) => f("w") !== 3,
  ),
  { bits: "111110101000 nnnn 1111 dddd 10tt mmmm" },
  { bits: "111110101010 nnnn 1111 dddd 1000 mmmm" },
  ...rows(["0000", "0001", "0010", "0011", "0100"], (rm) => `111110101001 ${rm} 1111 dddd 10tt ${rm}`),
  ...rows(["0000", "0001", "0010", "0011", "0100"], (rm) => `111110101011 ${rm} 1111 dddd 1000 ${rm}`),
];

/** Two destinations that differ. */
export const different = (f: Field): boolean => f("d") !== f("e");

/** Multiplies and divisions. */
export const MULTIPLIES: readonly Pattern[] = [
  ...rows(["1111 dddd 0000", "aaaa dddd 0000", "aaaa dddd 0001"], (row) => `111110110000 nnnn ${row} mmmm`),
  ...["0001 00tt", "0010 000x", "0011 000x", "0100 000x", "0101 000x", "0111 0000"]
    .map((row) => row.split(" "))
    .flatMap(([op, low]) => rows(["aaaa", "1111"], (ra) => `11111011${op} nnnn ${ra} dddd ${low} mmmm`)),
  { bits: "111110110110 nnnn aaaa dddd 000x mmmm" },
  ...["1000 0000", "1010 0000", "1100 0000", "1110 0000", "1110 0110", "1100 10tt", "1100 110x", "1101 110x"]
    .map((row) => row.split(" "))
    .map(([op, low]) => ({ bits: `11111011${op} nnnn dddd eeee ${low} mmmm`, accepts: different })),
  ...rows(["1001", "1011"], (op) => `11111011${op} nnnn 1111 dddd 1111 mmmm`),
];

/** Bits 27:20 of the single loads and stores; the eighth is set for a twelve-bit offset. */
const SINGLES = ["1000 000L", "1000 001L", "1000 010L", "1001 0001", "1001 0011"].map((row) => row.replace(" ", ""));

const some = (f: Field): boolean => f("l") !== 0;
const several = (f: Field): boolean => some(f) && (f("l") & (f("l") - 1)) !== 0;
const pairs = (f: Field): boolean => different(f) && (f("P") | f("W")) === 1;

/** LDREXB or LDREXH, then the STREX of the same size: what mixed sizes do is the implementation's choice. */
const exclusivePair = (size: string): string =>
  `111010001101 0110 dddd 1111 010${size} 1111  111010001100 0110 nnnn 1111 010${size} eeee`;

/** Loads and stores by 32-bit encodings. */
export const MEMORY: readonly Pattern[] = [
  ...rows(SINGLES, (row) => `1111${row.slice(0, 4)}1${row.slice(5)} bbbb dddd 0000000iiiii`),
  ...rows(SINGLES, (row) => `1111${row} bbbb dddd 1100 000iiiii`),
  ...rows(SINGLES, (row) => `1111${row} bbbb dddd 1PU1 0000iiii`),
  ...rows(SINGLES, (row) => `1111${row} bbbb dddd 0000 00ss kkkk`),
  { bits: "1110100PU1WL bbbb dddd eeee 0000000i", accepts: pairs },
  ...rows(["010", "100"], (mode) => `1110100${mode}WL bbbb 0000ll00 000lllll`, several),
  { bits: "1110100100101101 0l00ll00 000lllll", accepts: several },
  { bits: "1110100010111101 0l00ll00 000lllll", accepts: several },
  { bits: "111010000101 bbbb dddd 1111 000000ii" },
  { bits: "111010000100 bbbb eeee dddd 000000ii", accepts: different },
  ...rows(["0", "1"], exclusivePair, (f) => different(f) && f("n") !== f("e")),
];

/** 16-bit instructions. */
export const NARROW: readonly Pattern[] = [
  { bits: "000ttiiiiimmmddd", accepts: (f) => f("t") !== 3 },
  { bits: "000110ommmnnnddd" },
  { bits: "000111oiiinnnddd" },
  { bits: "001oodddiiiiiiii" },
  { bits: "010000oooommmddd" },
  { bits: "01000100 0 mmmm ddd" },
  { bits: "01000101 0 mmmm nnn", accepts: (f) => f("m") > 7 },
  { bits: "01000110 0 mmmm ddd" },
  { bits: "01000110 0 1101 ddd" },
  { bits: "01000100 0 1101 ddd" },
  { bits: "0101oookkkbbbddd" },
  { bits: "0110L00iiibbbddd" },
  { bits: "0111Liiiiibbbddd" },
  { bits: "1000L0iiiibbbddd" },
  { bits: "01001ddd000000ii" },
  { bits: "10101dddiiiiiiii" },
  { bits: "10100dddiiiiiiii" },
  { bits: "10110010oommmddd" },
  { bits: "1011101000mmmddd" },
  { bits: "1011101001mmmddd" },
  { bits: "1011101011mmmddd" },
  { bits: "1011010r000lllll", accepts: some },
  { bits: "10111100000lllll", accepts: some },
  { bits: "10110000s000iiii" },
  { bits: "11000bbb000lllll", accepts: some },
  { bits: "11001bbb000lllll", accepts: some },
];

const near = (f: Field): boolean => f("o") < 5;

/** Forward branches over a few of the `svc 0` that follow the code; PC tells where they led. Every core has these. */
export const BRANCHES: readonly Pattern[] = [
  { bits: "1101cccc00000ooo", accepts: (f) => f("c") < 14 && near(f) },
  { bits: "1110000000000ooo", accepts: near },
  { bits: "1111000000000000 1111100000000ooo", accepts: near },
];

/** The branches of ARMv8-M Baseline. ARMv6-M has no CBZ, but QEMU 7.2 executes it there. */
export const BASE_BRANCHES: readonly Pattern[] = [
  ...BRANCHES,
  { bits: "1011x00100ooommm", accepts: near },
  { bits: "1111000000000000 1011100000000ooo", accepts: near },
];

/** The branches of ARMv7-M. */
export const MAIN_BRANCHES: readonly Pattern[] = [
  ...BASE_BRANCHES,
  { bits: "111100cccc000000 1000000000000ooo", accepts: (f) => f("c") < 14 && near(f) },
];
