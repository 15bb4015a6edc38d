import { describe, expect, it } from "vitest";
import type { FieldGroup, ProtectionField, Reading } from "../../../src/chips/protection-scheme.ts";
import { decodeGroup } from "../../../src/protection/decode-group.ts";
import { register } from "../../../src/registers/register.ts";

const START = 0x1000;
const PLAIN: ProtectionField = { name: "MODE", what: "mode", address: START, width: 1, states: [], effective: "reset" };

const groupOf = (length: number, ...fields: ProtectionField[]): FieldGroup => ({
  name: "options",
  place: "flash",
  start: START,
  length,
  erased: 0xff,
  fields,
  fillings: [],
});
const decode = (group: FieldGroup, ...bytes: number[]) => decodeGroup(group, Uint8Array.from(bytes));

const some = { id: "some", severity: "warn", why: "", remedy: "set-unprotected" } as const;
const RANGES = [0, 1, 2, 3, 4, 5, 6, 7].map((bit) => ({ start: bit * 0x800, length: 0x800 }));
const regions = { protects: 0, ranges: RANGES, some, all: some } as const;

describe("decoding a group", () => {
  it.each([0, 1, 3])("refuses %d bytes for a group of two", (count) => {
    const bytes = new Uint8Array(count);
    expect(() => decodeGroup(groupOf(2), bytes)).toThrow(new RangeError(`${count} bytes are no options`));
  });

  it("takes each field's own bytes, in the order of the table", () => {
    const reading: Reading = { name: "all", bits: [7, 0], texts: [{ text: "any" }], sure: true };
    const at = (offset: number) => ({ ...PLAIN, address: START + offset, readings: [reading] });
    expect(decode(groupOf(3, at(2), at(0)), 1, 2, 3).map(({ address, value }) => [address, value])).toEqual([
      [START + 2, "0x03"],
      [START, "0x01"],
    ]);
  });

  it("shows a register's fields with their bits, values and words", () => {
    const MODE = register({
      name: "MODE",
      address: START,
      width: 8,
      section: "-",
      fields: { SLOW: 7, LEVEL: { bits: [3, 0], words: { 12: "twelve" } } },
    });
    expect(decode(groupOf(1, { ...PLAIN, register: MODE }), 0x8c)).toEqual([
      { name: "MODE.SLOW", address: START, bits: "7", value: "0x1", meaning: "", sure: true },
      { name: "MODE.LEVEL", address: START, bits: "3:0", value: "0xC", meaning: "twelve", sure: true },
    ]);
  });
});

describe("a reading", () => {
  const texts = [
    { when: { all: 0xff }, text: "erased" },
    { when: { field: "OTHER", mask: 0x3, value: 0x2 }, text: "with OTHER at 2" },
    { text: "else" },
  ];
  const OTHER: ProtectionField = { ...PLAIN, name: "OTHER", address: START + 2 };
  const wide = (reading: Partial<Reading>): FieldGroup =>
    groupOf(3, { ...PLAIN, width: 2, readings: [{ name: "r", bits: [15, 0], texts, sure: false, ...reading }] }, OTHER);

  it.each([
    ["all bytes are that one", [0xff, 0xff, 2], "erased"],
    ["one byte differs", [0xff, 0xfe, 2], "with OTHER at 2"],
    ["the other field has other bits beside", [0, 0, 0xfe], "with OTHER at 2"],
    ["no condition holds", [0, 0, 3], "else"],
  ])("has the first text that fits where %s", (_, bytes, meaning) => {
    expect(decode(wide({}), ...bytes)[0].meaning).toBe(meaning);
  });

  it("has no text where none fits, and passes over a field that is not there", () => {
    const unknown = { field: "NONE", mask: 0, value: 0 };
    expect(decode(wide({ texts: [{ when: unknown, text: "never" }] }), 0, 0, 0)[0].meaning).toBe("");
  });

  it("shows a whole field in memory order, and some bits of it as a number", () => {
    const shown = (bits: readonly [number, number]) => decode(wide({ bits }), 0x34, 0xa2, 0)[0];
    expect(shown([15, 0])).toMatchObject({ value: "0x34A2", bits: "15:0", sure: false, name: "r", address: START });
    expect(shown([15, 4])).toMatchObject({ value: "0xA23", bits: "15:4" });
    expect(shown([13, 0])).toMatchObject({ value: "0x2234", bits: "13:0" });
    expect(shown([15, 15])).toMatchObject({ value: "0x1", bits: "15" });
  });
});

describe("bits that protect regions", () => {
  it("are one part where the manual names no bytes", () => {
    expect(decode(groupOf(1, { ...PLAIN, name: "WRP", regions }), 0xf3)).toEqual([
      {
        name: "WRP",
        address: START,
        bits: "7:0",
        value: "0xF3",
        meaning: "regions 0 to 7: protects 0x00001000-0x00001FFF",
        sure: true,
      },
    ]);
  });

  it("protect nothing where no bit does", () => {
    expect(decode(groupOf(1, { ...PLAIN, regions }), 0xff)[0].meaning).toBe("regions 0 to 7: none protected");
  });

  it("are a part for each byte that the manual names, with that byte's regions", () => {
    const ranges = Array.from({ length: 16 }, (_, bit) => ({ start: bit * 0x100, length: 0x100 }));
    const named = { ...regions, ranges, bytes: ["FPROT0", "FPROT1"] };
    const parts = decode(groupOf(2, { ...PLAIN, width: 2, regions: named }), 0x7f, 0xfe);
    expect(parts.map(({ name, address, bits, value, meaning }) => [name, address, bits, value, meaning])).toEqual([
      ["FPROT0", START, "7:0", "0x7F", "regions 0 to 7: protects 0x00000700-0x000007FF"],
      ["FPROT1", START + 1, "7:0", "0xFE", "regions 8 to 15: protects 0x00000800-0x000008FF"],
    ]);
  });
});
