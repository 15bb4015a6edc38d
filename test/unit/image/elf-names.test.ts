import { describe, expect, it } from "vitest";
import { elfFunctions } from "../../../src/image/elf-functions.ts";
import { NameTable } from "../../../src/image/elf-names.ts";
import { file, fixture } from "./images.ts";

describe("a table of names", () => {
  const table = () => new NameTable(file("\0one\0two"));

  it("has the text from a place to the next zero, or to its end", () => {
    const names = table();
    expect([0, 1, 2, 5, 7, 8, 100].map((at) => names.nameAt(at))).toEqual(["", "one", "ne", "two", "o", "", ""]);
  });

  it("counts no name twice, however often it is asked for", () => {
    const names = table();
    expect(Array.from({ length: 100 }, () => names.nameAt(1))).toEqual(new Array(100).fill("one"));
  });

  it("is read four times over, and refused where names overlap more than that", () => {
    const names = new NameTable(file("abcdefghij"));
    const read = () => [0, 1, 2, 3, 4].map((at) => names.nameAt(at));
    // 10 + 9 + 8 + 7 + 6 bytes of 10, which is four times the table.
    expect(read()).toHaveLength(5);
    expect(() => names.nameAt(9)).toThrow(
      expect.objectContaining({ code: "image-too-large", details: { names: 41, table: 10 } }),
    );
  });
});

describe("the functions of an ELF file", () => {
  it("have no Thumb bit in their start, their size, and the file that they stand in", () => {
    const all = elfFunctions(fixture("sample.elf"));
    expect(all).toContainEqual(expect.objectContaining({ name: "reset", start: 0x410, size: 12 }));
    expect(new Set(all.map(({ start }) => start)).size).toBe(all.length);
    expect(all.every(({ start }) => start % 2 === 0)).toBe(true);
  });
});
