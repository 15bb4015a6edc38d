import { describe, expect, it } from "vitest";
import { PackError } from "../../../../src/packs/pack-error.ts";
import type { Expression } from "../../../../src/packs/sequences/expression.ts";
import { parseBlock, parseExpression } from "../../../../src/packs/sequences/parse.ts";

const START = { of: "S", line: 1, column: 1 };
const statements = (text: string) => parseBlock(text, START);

/** The reason and the column that a text is refused with, and what is expected there. */
function refusal(text: string, parse: (text: string) => unknown = statements): string {
  try {
    parse(text);
    return "read";
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    const { reason = "", column = 0 } = error.details;
    return `${[reason, column].map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ")}: ${error.message.replace(/^.*?: /, "")}`;
  }
}

/** An expression with all of its brackets. */
function shown(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "variable":
      return expression.name;
    case "unary":
      return `(${expression.operator}${shown(expression.operand)})`;
    case "binary":
      return `(${shown(expression.left)}${expression.operator}${shown(expression.right)})`;
    case "choice":
      return `(${[expression.condition, expression.whenTrue, expression.whenFalse].map(shown).join("?")})`;
    case "assign":
      return `(${expression.name}${expression.operator ?? ""}=${shown(expression.value)})`;
    case "call":
      return `${expression.name}[${expression.args.map((one) => (one.kind === "text" ? `"${one.text}"` : shown(one))).join(",")}]`;
  }
}

const read = (text: string) => shown(parseExpression(text, START));

describe("the expressions of a sequence's text", () => {
  it.each([
    ["a = b = 1", "(a=(b=1))"],
    ["a <<= 1", "(a<<=1)"],
    ["a >>= 1", "(a>>=1)"],
    ["a |= b & 1", "(a|=(b&1))"],
    ["a ? b : c ? d : e", "(a?b?(c?d?e))"],
    ["a ? b = 1 : c", "(a?(b=1)?c)"],
    ["-~!a", "(-(~(!a)))"],
    ["-a + b", "((-a)+b)"],
    ["(a + b) * c", "((a+b)*c)"],
    ["(a) + (b)", "(a+b)"],
    ["(a)", "a"],
    ["((a))", "a"],
    ["f()", "f[]"],
    ['f(1, "x", g(a, b))', 'f[1,"x",g[a,b]]'],
    ["f(a = 1)", "f[(a=1)]"],
  ])("%s groups as %s", (text, grouped) => {
    expect(read(text)).toBe(grouped);
  });

  it.each(["(a) 1", "(a) b", "(a) (b)", "(a) ~b", "(a) !b"])(
    "%s is a cast, which the language does not have",
    (text) => {
      expect(refusal(text)).toMatch(/^cast 1: /);
    },
  );

  it.each(["(a) -1", "(a) * b", "(a) & b", "(1) + 2"])("%s is no cast", (text) => {
    expect(refusal(text)).toBe("read");
  });

  it.each([
    ["1 = 2", "assignment 1: "],
    ["a + b = 2", "assignment 1: "],
    ["f() = 2", "assignment 1: "],
    ["1 2", 'syntax 3: ";" is expected, not 2'],
    ["a b", 'syntax 3: ";" is expected, not "b"'],
    ["(a", 'syntax 3: ")" is expected, not the end'],
    ["a ? b", 'syntax 6: ":" is expected, not the end'],
    ["f(a", 'syntax 4: ")" is expected, not the end'],
    ["f(a,)", 'syntax 5: a value is expected, not ")"'],
    ["f(, a)", 'syntax 3: a value is expected, not ","'],
    ["a +", "syntax 4: a value is expected, not the end"],
    ["-", "syntax 2: a value is expected, not the end"],
    ["* a", 'syntax 1: a value is expected, not "*"'],
    ['"x"', 'syntax 1: a value is expected, not "x"'],
    ["a = __var", 'syntax 5: a value is expected, not "__var"'],
    ["__var 1", "syntax 7: a variable's name is expected, not 1"],
    ["__var", "syntax 6: a variable's name is expected, not the end"],
    ["__var a b", 'syntax 9: ";" is expected, not "b"'],
    ["a++", 'syntax 2: ";" is expected, not "++"'],
  ])("%s is refused: %s", (text, reason) => {
    expect(refusal(text)).toContain(reason);
  });

  it("nest 64 deep at most, brackets, choices and signs alike", () => {
    const nested = (depth: number) => `${"(".repeat(depth)}1${")".repeat(depth)}`;
    const signs = (depth: number) => `${"~".repeat(depth)}1`;
    const choices = (depth: number) => `${"1 ? 2 : ".repeat(depth)}3`;
    for (const make of [nested, signs, choices]) {
      expect(refusal(make(63))).toBe("read");
      expect(refusal(make(64))).toMatch(/^too-deep /);
    }
    expect(refusal(`${nested(60)}; ${nested(60)}`)).toBe("read");
  });

  it("have 1,000 parts at most, each statement by itself", () => {
    const sum = (parts: number) => Array.from({ length: (parts + 1) / 2 }, () => "1").join("+");
    expect(refusal(sum(999))).toBe("read");
    expect(refusal(sum(1001))).toMatch(/^too-long /);
    expect(refusal(`${sum(999)};${sum(999)}`)).toBe("read");
  });
});

describe("the statements of a sequence's text", () => {
  it("end with semicolons, the last one without, and empty ones are none", () => {
    expect(statements(";; a; ;b").map((one) => one.kind)).toEqual(["evaluate", "evaluate"]);
    expect(statements("")).toEqual([]);
  });

  it("declare variables with a value, or 0 where none is stated", () => {
    expect(
      statements("__var a = 5; __var b; __var c").map((one) => one.kind === "declare" && [one.name, shown(one.value)]),
    ).toEqual([
      ["a", "5"],
      ["b", "0"],
      ["c", "0"],
    ]);
    expect(statements("  __var a")[0]).toMatchObject({ at: { line: 1, column: 9 } });
  });

  it("are none in a condition, which is one expression", () => {
    expect(refusal("a; b", (text) => parseExpression(text, START))).toMatch(/^syntax 2: the end of the expression/);
    expect(refusal("a;", (text) => parseExpression(text, START))).toMatch(/^syntax 2: /);
  });

  it("name the first 40 characters of a word that is not expected", () => {
    expect(refusal(`a ${"b".repeat(60)}`)).toBe(`syntax 3: ";" is expected, not "${"b".repeat(39)}`);
  });
});
