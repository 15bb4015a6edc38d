import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lexLine, lexScript } from "../../../src/commander/language/lexer.ts";

const words = (text: string) => {
  const { name, args } = lexLine(text).line;
  return [name, ...args];
};

describe("a script line", () => {
  it.each([
    ["loadbin a.bin, 0x0", ["loadbin", "a.bin", "0x0"]],
    ["loadbin a.bin 0", ["loadbin", "a.bin", "0"]],
    ["mem32 0x0,1", ["mem32", "0x0", "1"]],
    ["w4 0x10 , 5", ["w4", "0x10", "5"]],
    ["jtagconf -1, -1", ["jtagconf", "-1", "-1"]],
    ["\t r  ", ["r"]],
  ])("is separated by blanks and one comma: %s", (text, expected) => expect(words(text)).toEqual(expected));

  it("keeps a file name with blanks in quotes", () =>
    expect(words('loadfile "my file, v2.hex" 0x0')).toEqual(["loadfile", "my file, v2.hex", "0x0"]));
  it("knows no escapes: a backslash is a backslash", () =>
    expect(words('loadfile "C:\\new\\table.bin" 0')).toEqual(["loadfile", "C:\\new\\table.bin", "0"]));
  it("drops a lone trailing quote", () =>
    expect(words('verifybin C:\\x.bin", 0x0')).toEqual(["verifybin", "C:\\x.bin", "0x0"]));
  it("ends an open quote with the line", () => expect(words('loadfile "a b')).toEqual(["loadfile", "a b"]));
  it("takes an empty word between two commas", () => expect(words("x 1,,2")).toEqual(["x", "1", "", "2"]));
  it("takes a name in empty quotes as an empty word", () =>
    expect(words('loadfile "" 0')).toEqual(["loadfile", "", "0"]));

  it("ends at //", () => expect(words("r // reset, then halt")).toEqual(["r"]));
  it("leaves // inside a path alone", () =>
    expect(words("loadfile build//app.bin 0")).toEqual(["loadfile", "build//app.bin", "0"]));
  it("leaves comment signs in quotes alone", () =>
    expect(words('loadfile "a /* b // ; c"')).toEqual(["loadfile", "a /* b // ; c"]));
  it("ends at ;", () => expect(words("w4 0x10 5 ; enable")).toEqual(["w4", "0x10", "5"]));
  it("ends at a ; that touches the last word", () => expect(words("w4 0x10 5; enable")).toEqual(["w4", "0x10", "5"]));
  it("continues behind a block comment", () =>
    expect(words("w4 /* where */ 10 /* what */ 5")).toEqual(["w4", "10", "5"]));
  it("is empty when it holds a comment only", () =>
    expect(lexLine("  // nothing").line).toMatchObject({ name: "", args: [], rest: "" }));
  it("is a command when it starts with #", () => expect(words("# no comment here")[0]).toBe("#"));

  it("keeps all behind the name for commands that take a sentence", () =>
    expect(lexLine("device MK24FN1M0xxx12 (allow security) // as it is").line.rest).toBe(
      "MK24FN1M0xxx12 (allow security)",
    ));
  it("keeps the text as typed, for the echo", () =>
    expect(lexLine("  ExitOnError  1 // x").line.text).toBe("  ExitOnError  1 // x"));
});

describe("a script", () => {
  const names = (script: string) => lexScript(script).map(({ name }) => name);

  it("has lines that end in LF or CR LF", () => expect(names("r\r\nh\ng")).toEqual(["r", "h", "g"]));
  it("may end without a line end, and has no line behind one", () => expect(lexScript("r\nq\n")).toHaveLength(2));
  it("counts its lines from 1", () => expect(lexScript("r\n\nh").map(({ number }) => number)).toEqual([1, 2, 3]));
  it("may comment out several lines", () => expect(names("r /* no\nh\nmore */ g\nq")).toEqual(["r", "", "g", "q"]));
  it("may leave a comment open to its end", () => expect(names("r\n/* h\ng")).toEqual(["r", "", ""]));

  it("is never refused, keeps every line's text, and holds no blank in an unquoted word", () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab0, \t"/*;\\:\n') });
    fc.assert(
      fc.property(text, (script) => {
        const lines = lexScript(script);
        expect(lines.map((line) => line.text).join("\n")).toBe(script.replace(/\n$/, ""));
        for (const { name, args } of lines) if (name === "") expect(args).toEqual([]);
      }),
    );
  });

  it("gives back what was written into it", () => {
    const word = fc.string({ unit: fc.constantFrom(..."abcXYZ019_.:-\\"), minLength: 1 });
    const file = fc.string({ unit: fc.constantFrom(..."abc ,;/*.") });
    const separator = fc.constantFrom(" ", ",", ", ", " , ", "\t");
    fc.assert(
      fc.property(word, file, word, separator, (name, path, number, between) => {
        expect(words(`${name} "${path}"${between}${number} // done`)).toEqual([name, path, number]);
      }),
    );
  });
});
