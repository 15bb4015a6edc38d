import { describe, expect, it } from "vitest";
import { abbreviationsAt, unitsOf } from "../../../../src/image/dwarf/units.ts";

const u16 = (value: number) => [value & 0xff, value >>> 8];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
const u64 = (value: number) => [...u32(value), ...u32(0)];
const units = (...bytes: readonly number[]) => [...unitsOf(Uint8Array.from(bytes))];
/** A unit of these bytes behind its length. */
const unit = (...rest: readonly number[]) => [...u32(rest.length), ...rest];

/** DWARF 5, 7.4 and 7.5.1. */
describe("units of debug information", () => {
  it.each([2, 3, 4])("of DWARF %i have their abbreviations before the size of addresses", (version) => {
    expect(units(...unit(...u16(version), ...u32(0x21), 4, 9, 9))).toEqual([
      { start: 0, end: 13, offsetSize: 4, version, abbreviations: 0x21, addressSize: 4, entries: 11 },
    ]);
  });

  it.each([
    ["compile", 1, 0],
    ["type", 2, 12],
    ["partial", 3, 0],
    ["skeleton", 4, 8],
    ["split compile", 5, 8],
    ["split type", 6, 12],
  ])("of DWARF 5 have their kind first: %s", (_, kind, more) => {
    const all = units(...unit(...u16(5), kind, 4, ...u32(0x21), ...new Array(more).fill(0), 9));
    expect(all).toEqual([
      { start: 0, end: 13 + more, offsetSize: 4, version: 5, abbreviations: 0x21, addressSize: 4, entries: 12 + more },
    ]);
  });

  it("of the 64-bit format have offsets of 8 bytes", () => {
    const rest = [...u16(4), ...u64(0x21), 8, 9];
    expect(units(...u32(0xffff_ffff), ...u64(rest.length), ...rest)).toEqual([
      { start: 0, end: 24, offsetSize: 8, version: 4, abbreviations: 0x21, addressSize: 8, entries: 23 },
    ]);
  });

  it("follow each other, and those of other versions are passed over", () => {
    const known = unit(...u16(4), ...u32(0), 4);
    const all = units(...unit(...u16(1), 9, 9), ...known, ...unit(...u16(6), 9), ...known);
    expect(all.map(({ start }) => start)).toEqual([8, 26]);
  });

  it("are refused where one ends behind the section", () => {
    expect(() => units(...unit(...u16(4), ...u32(0), 4).slice(0, -1))).toThrow(RangeError);
  });
});

/** DWARF 5, 7.5.3. */
describe("a table of abbreviations", () => {
  const FIRST = [1, 0x11, 1, 0x03, 0x08, 0x0b, 0x0b, 0, 0];
  const SECOND = [2, 0x34, 0, 0x38, 0x21, 0x7b, 0, 0];
  const table = (offset: number, bytes = 1000) => {
    const budget = { bytes };
    const section = Uint8Array.from([9, ...FIRST, ...SECOND, 0]);
    return { all: abbreviationsAt(section, offset, budget), left: budget.bytes };
  };

  it("has tag, children and attributes by each code, with the value that stands in the table", () => {
    expect([...table(1).all]).toEqual([
      [
        1,
        {
          tag: 0x11,
          hasChildren: true,
          attributes: [
            [0x03, 0x08, 0],
            [0x0b, 0x0b, 0],
          ],
        },
      ],
      [2, { tag: 0x34, hasChildren: false, attributes: [[0x38, 0x21, -5]] }],
    ]);
  });

  it("uses up the budget by its length, and is refused beyond it", () => {
    const length = FIRST.length + SECOND.length + 1;
    expect(table(1, length + 5).left).toBe(5);
    expect(() => table(1, length - 2)).toThrow(RangeError);
  });

  it("is refused where it has no end", () => {
    expect(() => abbreviationsAt(Uint8Array.from(FIRST), 0, { bytes: 100 })).toThrow(RangeError);
  });

  it("has attributes that are 0 in one half only", () => {
    const odd = [1, 0x11, 0, 0x03, 0, 0, 0x08, 0, 0, 0];
    expect(abbreviationsAt(Uint8Array.from(odd), 0, { bytes: 100 }).get(1)?.attributes).toEqual([
      [0x03, 0, 0],
      [0, 0x08, 0],
    ]);
  });
});
