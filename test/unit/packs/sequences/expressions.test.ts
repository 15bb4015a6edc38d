import { describe, expect, it } from "vitest";
import { Chance } from "../../../support/chance.ts";
import { ending, resultOf } from "./job.ts";

const MASK = 0xffff_ffff_ffff_ffffn;

/** C's operators with two operands by their precedence, weakest first, with what they do to 64 bits without a sign. */
const LEVELS: readonly { readonly [operator: string]: (a: bigint, b: bigint) => bigint }[] = [
  { "||": (a, b) => BigInt(a !== 0n || b !== 0n) },
  { "&&": (a, b) => BigInt(a !== 0n && b !== 0n) },
  { "|": (a, b) => a | b },
  { "^": (a, b) => a ^ b },
  { "&": (a, b) => a & b },
  { "==": (a, b) => BigInt(a === b), "!=": (a, b) => BigInt(a !== b) },
  {
    "<": (a, b) => BigInt(a < b),
    "<=": (a, b) => BigInt(a <= b),
    ">": (a, b) => BigInt(a > b),
    ">=": (a, b) => BigInt(a >= b),
  },
  { "<<": (a, b) => (b > 63n ? 0n : (a << b) & MASK), ">>": (a, b) => (b > 63n ? 0n : a >> b) },
  { "+": (a, b) => (a + b) & MASK, "-": (a, b) => (a - b) & MASK },
  { "*": (a, b) => (a * b) & MASK, "/": (a, b) => a / b, "%": (a, b) => a % b },
];

const OPERATORS = LEVELS.flatMap((operators, level) =>
  Object.entries(operators).map(([text, apply]) => ({ text, apply, level })),
);

const PAIRS = OPERATORS.flatMap((first) => OPERATORS.map((second) => [first, second] as const));

describe("expressions of a sequence", () => {
  it.each(OPERATORS)("a $text b is C's value on 64 bits without a sign", async ({ text, apply }) => {
    for (const [a, b] of [
      [0xf0f0n, 0x0ff3n],
      [7n, 7n],
      [1n, 64n],
      [MASK, 2n],
      [0n, 5n],
      [0x8000_0000_0000_0000n, 63n],
    ] as const)
      expect([text, a, b, await resultOf(`0x${a.toString(16)} ${text} ${b}`)]).toEqual([text, a, b, apply(a, b)]);
  });

  it("two operators in a row group as C's precedence has them, left to right where they bind alike", async () => {
    const [a, b, c] = [13n, 6n, 2n];
    for (const [first, second] of PAIRS) {
      const left = () => second.apply(first.apply(a, b), c);
      const right = () => first.apply(a, second.apply(b, c));
      const text = `${a} ${first.text} ${b} ${second.text} ${c}`;
      const isLeft = first.level >= second.level;
      const divides = isLeft ? second : first;
      const divisor = isLeft ? c : second.apply(b, c);
      if (/^[/%]$/.test(divides.text) && divisor === 0n) continue;
      expect([text, await resultOf(text)]).toEqual([text, isLeft ? left() : right()]);
    }
  });

  it("random expressions in full brackets and without them have C's value", async () => {
    const chance = new Chance(64);
    const pick = <T>(list: readonly T[]): T => list[chance.below(list.length)];
    const safe = OPERATORS.filter(({ text }) => !/[/%]/.test(text));
    for (let i = 0; i < 300; i++) {
      const numbers = Array.from({ length: 5 }, () => BigInt(chance.below(0x1_0000)) << BigInt(chance.below(49)));
      const operators = Array.from({ length: 4 }, () => pick(safe));
      const text = numbers.map((number, at) => `${number} ${operators[at]?.text ?? ""}`).join(" ");
      expect([text, await resultOf(text)]).toEqual([text, folded(numbers, operators)]);
    }
  });

  it.each([
    ["!0 + !5", 1n],
    ["~0", MASK],
    ["-1", MASK],
    ["+-+1", MASK],
    ["!!7", 1n],
    ["-2 * 3", MASK - 5n],
    ["1 ? 2 : 3 ? 4 : 5", 2n],
    ["0 ? 2 : 0 ? 4 : 5", 5n],
    ["1 || 0 ? 6 : 7", 6n],
    ["0x10 + 010 + 0b101 + 1u + 2UL", 34n],
    ["0xFFFFFFFFFFFFFFFF", MASK],
    ["18446744073709551615", MASK],
    ["(1 + 2) * (3 + 4)", 21n],
    ["7 /* of 3 */ % 4 // the rest", 3n],
    ["0 && (1 / 0)", 0n],
    ["1 || (1 / 0)", 1n],
    ["1 << 64", 0n],
  ] as const)("%s is %s", async (text, value) => {
    expect(await resultOf(`${text}\n`)).toBe(value);
  });

  it.each([
    ["1 +", "sequence-invalid syntax 10:15"],
    ["1 2", "sequence-invalid syntax 10:14"],
    ["(1", "sequence-invalid syntax 10:14"],
    ["(int)5", "sequence-invalid cast 10:12"],
    ["(uint32_t)(5)", "sequence-invalid cast 10:12"],
    ["0x1FFFFFFFFFFFFFFFF", "sequence-invalid number 10:12"],
    ["99999999999999999999", "sequence-invalid number 10:12"],
    ["1.5", "sequence-invalid character 10:12"],
    ["12ab", "sequence-invalid character 10:12"],
    ["'a'", "sequence-invalid character 10:12"],
    ['"text"', "sequence-invalid syntax 10:12"],
    ['Read32("text")', "sequence-invalid arguments 10:12"],
    ["Read32(1, 2)", "sequence-invalid arguments 10:12"],
    ["x", "sequence-invalid variable 10:12"],
    ["1 / 0", "sequence-invalid division 10:14"],
    ["5 % (2 - 2)", "sequence-invalid division 10:14"],
    ["1 = 2", "sequence-invalid assignment 10:12"],
    ["x++", "sequence-invalid syntax 10:13"],
    ["a[1]", "sequence-invalid syntax 10:13"],
  ])("%s ends with %s", async (text, end) => {
    expect(await ending(`__Result = ${text};`)).toBe(end);
  });

  it.each([
    ["5,000 digits", "sequence-invalid number 10:12", "9".repeat(5000)],
    ["100 brackets", "sequence-invalid too-deep 10:75", `${"(".repeat(100)}1${")".repeat(100)}`],
    ["5,000 operators before a value", "sequence-invalid too-deep 10:75", `${"!".repeat(5000)}1`],
    ["5,000 sums", "sequence-invalid too-long 10:1013", Array(5000).fill("1").join("+")],
    ["1,000 choices", "sequence-invalid too-deep 10:512", `${"1 ? 2 : ".repeat(1000)}3`],
    ["comments without an end", "sequence-invalid comment 10:12", "/* ".repeat(20_000)],
    ["1,000 calls in one another", "sequence-invalid too-deep 10:390", "Read8(".repeat(1000)],
    ["100,000 characters", "pack-too-large", " ".repeat(100_000)],
  ])("%s end with %s", async (_, end, text) => {
    expect(await ending(`__Result = ${text};`)).toBe(end);
  });

  it("names the line and column behind line ends", async () => {
    expect(await ending("__var a = 1;\n// a line\n  a = ;")).toBe("sequence-invalid syntax 12:7");
  });
});

/** The value of numbers with operators between them: the strongest first, from the left. */
function folded(numbers: readonly bigint[], operators: readonly (typeof OPERATORS)[number][]): bigint {
  if (operators.length === 0) return numbers[0];
  const strongest = Math.max(...operators.map(({ level }) => level));
  const at = operators.findIndex(({ level }) => level === strongest);
  const value = operators[at].apply(numbers[at], numbers[at + 1]);
  return folded(
    [...numbers.slice(0, at), value, ...numbers.slice(at + 2)],
    operators.filter((_, i) => i !== at),
  );
}
