import { describe, expect, it } from "vitest";
import { DwarfReader } from "../../../../src/image/dwarf/dwarf-reader.ts";

const reader = (...bytes: readonly number[]) => new DwarfReader(Uint8Array.from(bytes));

describe("numbers of debug information", () => {
  it.each([
    [1, 0x01],
    [2, 0x0201],
    [3, 0x03_0201],
    [4, 0x0403_0201],
    [8, 0x0004_0000_0403_0201],
  ])("of %i bytes are read with the lowest byte first", (count, value) => {
    const one = reader(1, 2, 3, 4, 0, 0, 4, 0, 9);
    expect([one.unsigned(count), one.position]).toEqual([value, count]);
  });

  // DWARF 5, tables 7.8 and 7.9.
  it.each([
    [2, [2]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [129, [0x81, 1]],
    [12857, [0xb9, 0x64]],
  ])("as ULEB128 give %i", (value, bytes) => {
    const one = reader(...bytes, 0xff);
    expect([one.uleb(), one.position]).toEqual([value, bytes.length]);
  });

  it.each([
    [2, [2]],
    [-2, [0x7e]],
    [127, [0xff, 0]],
    [-127, [0x81, 0x7f]],
    [128, [0x80, 1]],
    [-128, [0x80, 0x7f]],
    [-129, [0xff, 0x7e]],
  ])("as SLEB128 give %i", (value, bytes) => {
    expect(reader(...bytes).sleb()).toBe(value);
  });

  it("of ten groups are read, and of eleven refused", () => {
    expect(reader(...new Array(9).fill(0x80), 1).uleb()).toBe(2 ** 63);
    expect(() => reader(...new Array(10).fill(0x80), 1).uleb()).toThrow(RangeError);
  });

  it.each([
    ["a byte", (one: DwarfReader) => one.u8(), 1],
    ["a half word", (one: DwarfReader) => one.u16(), 2],
    ["a word", (one: DwarfReader) => one.u32(), 4],
    ["two words", (one: DwarfReader) => one.u64(), 8],
  ])("are refused where %s ends behind the section, and read where it ends with it", (_, read, count) => {
    const bytes = new Uint8Array(count);
    expect(read(new DwarfReader(bytes))).toBe(0);
    expect(() => read(new DwarfReader(bytes.subarray(1)))).toThrow(RangeError);
  });

  it("begin where the reader is put", () => {
    expect(new DwarfReader(Uint8Array.of(1, 2, 3), 1).u16()).toBe(0x0302);
  });
});

describe("texts of debug information", () => {
  it("end at their zero, and the next one begins behind it", () => {
    const one = reader(0x61, 0x62, 0, 0, 0x63, 0);
    expect([one.text(), one.text(), one.text()]).toEqual([
      Uint8Array.of(0x61, 0x62),
      new Uint8Array(0),
      Uint8Array.of(0x63),
    ]);
    expect(() => one.text()).toThrow(RangeError);
  });
});
