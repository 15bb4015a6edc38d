import { describe, expect, it } from "vitest";
import { tokensOf } from "../../../../src/packs/sequences/tokens.ts";

const START = { of: "S", line: 10, column: 5 };
const tokens = (text: string) => tokensOf(text, START);
const words = (text: string) =>
  tokens(text).flatMap((token) =>
    token.kind === "end" ? [] : [token.kind === "number" ? `number ${token.value}` : `${token.kind} ${token.text}`],
  );
const invalid = (reason: string, more: object = {}) =>
  expect.objectContaining({ code: "sequence-invalid", details: expect.objectContaining({ reason, ...more }) });

describe("the words of a sequence", () => {
  it.each([
    ["0x1F", 0x1fn],
    ["0XaB", 0xabn],
    ["0b101", 5n],
    ["0B11", 3n],
    ["017", 17n],
    ["12UL", 12n],
    ["12ull", 12n],
    ["0xFFFFFFFFFFFFFFFF", 0xffff_ffff_ffff_ffffn],
    [`0b${"1".repeat(64)}`, 0xffff_ffff_ffff_ffffn],
    [`0b${"0".repeat(16)}${"1".repeat(64)}`, 0xffff_ffff_ffff_ffffn],
  ])("%s is a number", (text, value) => {
    expect(words(text)).toEqual([`number ${value}`]);
  });

  it.each(["0x10000000000000000", "18446744073709551616", `0b${"0".repeat(80)}1`])("%s has too many bits", (text) => {
    expect(() => tokens(text)).toThrow(invalid("number", { line: 10, column: 5 }));
  });

  it.each(["12a", "1.5", "0x1G", "0b12", "12uull"])("%s is no number", (text) => {
    expect(() => words(text)).toThrow(invalid("character"));
  });

  it("are names, texts and marks, the longest marks first", () => {
    expect(words("__a9 B_")).toEqual(["name __a9", "name B_"]);
    expect(words("a<<=b>>=c&&d||e==f!=g<=h>=i<<j>>k++l--m->n+=o")).toEqual(
      "a <<= b >>= c && d || e == f != g <= h >= i << j >> k ++ l -- m -> n += o"
        .split(" ")
        .map((word) => `${/\w/.test(word) ? "name" : "mark"} ${word}`),
    );
    for (const mark of "+-*/%&|^!~<>=?:(),;[]{}.") expect(words(mark)).toEqual([`mark ${mark}`]);
    for (const mark of "+-*/%&|^") expect(words(`${mark}=`)).toEqual([`mark ${mark}=`]);
  });

  it("are texts with C's escapes, and any other character behind a backslash as itself", () => {
    expect(words('"a b"')).toEqual(["text a b"]);
    expect(words('""')).toEqual(["text "]);
    expect(words('"\\n\\t\\r\\"\\\\\\q"')).toEqual(['text \n\t\r"\\q']);
    expect(words('"a" "b"')).toEqual(["text a", "text b"]);
  });

  it.each(['"a', '"a\nb"', "#", "a$", "'a'", "\\"])("%s is none", (text) => {
    expect(() => tokens(text)).toThrow(invalid("character"));
  });

  it("are without blanks and comments of both kinds, the last one without an end of line", () => {
    expect(words(" \t\n a // b\n /* c\n d */ e // f")).toEqual(["name a", "name e"]);
    expect(words("a/**/b/***/c")).toEqual(["name a", "name b", "name c"]);
    expect(() => tokens("a /* b")).toThrow(invalid("comment", { line: 10, column: 7 }));
  });

  it("have the line and the column at which they begin, counted from where the text does", () => {
    const places = tokens("a  bc\n  d /* x\n*/ e").map(({ at }) => [at.of, at.line, at.column]);
    expect(places).toEqual([
      ["S", 10, 5],
      ["S", 10, 8],
      ["S", 11, 3],
      ["S", 12, 4],
      ["S", 12, 5],
    ]);
  });

  it("end at 64 KB", () => {
    expect(words(`${" ".repeat(0xffff)}a`)).toEqual(["name a"]);
    expect(() => tokens(" ".repeat(0x1_0001))).toThrow(
      expect.objectContaining({
        code: "pack-too-large",
        details: { what: "characters in a sequence's block", found: 0x1_0001, limit: 0x1_0000 },
      }),
    );
  });
});
