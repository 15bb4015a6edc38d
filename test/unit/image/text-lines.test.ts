import { describe, expect, it } from "vitest";
import { hexPairs, sumOfPairs, TextLines } from "../../../src/image/text-lines.ts";
import { file } from "./images.ts";

/** The lines that matter, with their numbers. */
function linesOf(bytes: Uint8Array): readonly (readonly [number: number, text: string])[] {
  const lines = new TextLines(bytes);
  const found: [number, string][] = [];
  while (lines.next()) found.push([lines.number, String.fromCharCode(...lines.text.subarray(lines.from, lines.to))]);
  return found;
}

describe("the lines of a text", () => {
  it("end with LF, CR or both, and each end counts once", () => {
    expect(linesOf(file("a\nb\rc\r\nd\n\re"))).toEqual([
      [1, "a"],
      [2, "b"],
      [3, "c"],
      [4, "d"],
      [6, "e"],
    ]);
  });

  it("are without blanks around them, and without a DOS end of file", () => {
    expect(linesOf(file(" \t\u000b\u000ca b\u001a \n\u001a"))).toEqual([[1, "a b"]]);
  });

  it("are none where they are comments or blank, and a single slash is no comment", () => {
    expect(linesOf(file("# a\n; b\n  // c\n \n\n/ d\n/"))).toEqual([
      [6, "/ d"],
      [7, "/"],
    ]);
  });

  it("begin behind a byte order mark of UTF-8, and a part of one is text", () => {
    expect(linesOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toEqual([[1, "a"]]);
    for (const part of [
      [0xef, 0xbb, 0x61],
      [0xef, 0x61, 0xbf],
      [0x61, 0xbb, 0xbf],
    ])
      expect(linesOf(Uint8Array.from(part))).toEqual([[1, String.fromCharCode(...part)]]);
  });

  it("of UTF-16 have 0xFF for each character beyond ASCII", () => {
    expect(linesOf(Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x80, 0, 0x62, 1))).toEqual([[1, "a\u00ff\u00ff"]]);
    expect(linesOf(Uint8Array.of(0xfe, 0xff, 0, 0x61, 0, 0x80, 1, 0x62))).toEqual([[1, "a\u00ff\u00ff"]]);
  });

  it("are text where only one byte is that of UTF-16's mark", () => {
    expect(linesOf(Uint8Array.of(0xff, 0x61))).toEqual([[1, "\u00ffa"]]);
    expect(linesOf(Uint8Array.of(0xfe, 0x61))).toEqual([[1, "\u00fea"]]);
    expect(linesOf(Uint8Array.of(0x61, 0xfe))).toEqual([[1, "a\u00fe"]]);
  });
});

describe("a line whose end is known", () => {
  it.each([
    ["LF", "ab\ncd", 3],
    ["CR", "ab\rcd", 3],
    ["CRLF", "ab\r\ncd", 4],
    ["LF and CR, which are two ends", "ab\n\rcd", 3],
    ["the file's end", "ab", 3],
  ])("is passed where %s stands there", (_, text, nextAt) => {
    const lines = new TextLines(file(text));
    expect([lines.pass(2), lines.nextAt, lines.number]).toEqual([true, nextAt, 1]);
  });

  it("is not passed where another character stands there, and nothing is taken", () => {
    const lines = new TextLines(file("abc\n"));
    expect([lines.pass(2), lines.nextAt, lines.number]).toEqual([false, 0, 0]);
  });
});

describe("pairs of hex digits", () => {
  const room = () => new Uint8Array(2).fill(0xee);

  it("are decoded in either case, and only those from the given place on", () => {
    const into = room();
    expect([hexPairs(file("x0Af9"), 1, 5, into), into]).toEqual([2, Uint8Array.of(0x0a, 0xf9)]);
  });

  it("are counted beyond what there is room for", () => {
    const into = room();
    expect([hexPairs(file("010203"), 0, 6, into), into]).toEqual([3, Uint8Array.of(1, 2)]);
    expect(hexPairs(file("01020g"), 0, 6, room())).toBe(-1);
  });

  it.each(["0", "g0", "0g", "/0", ":0", "@0", "`0", " 0"])("are none in '%s'", (text) => {
    expect(hexPairs(file(text), 0, text.length, room())).toBe(-1);
    expect(sumOfPairs(file(text), 0, 1, room(), 0)).toBe(-1);
  });

  it("are none where half a pair is left over", () => {
    expect(hexPairs(file("010"), 0, 3, room())).toBe(-1);
  });

  it("are summed, and laid from the given place on", () => {
    const into = new Uint8Array(4);
    expect([sumOfPairs(file("zfF02"), 1, 2, into, 1), into]).toEqual([0x101, Uint8Array.of(0, 0xff, 2, 0)]);
  });

  it("are summed up to the last character and the last place, and not beyond", () => {
    expect(sumOfPairs(file("0102"), 0, 2, room(), 0)).toBe(3);
    expect(sumOfPairs(file("010"), 0, 2, room(), 0)).toBe(-1);
    expect(sumOfPairs(file("0102"), 0, 2, room(), 1)).toBe(-1);
    expect(sumOfPairs(file("01"), 1, 1, room(), 0)).toBe(-1);
    expect(sumOfPairs(file("0g02"), 0, 2, room(), 0)).toBe(-1);
  });
});
