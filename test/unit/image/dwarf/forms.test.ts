import { describe, expect, it } from "vitest";
import { DwarfReader } from "../../../../src/image/dwarf/dwarf-reader.ts";
import { readForm, type UnitForms } from "../../../../src/image/dwarf/forms.ts";

const UNIT: UnitForms = { version: 4, addressSize: 4, offsetSize: 4 };
const IMPLICIT = -5;
/** Bytes with which any form is whole. */
const BYTES = Uint8Array.from([0x02, 1, 0, 3, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);

/** An attribute of a form, and how many bytes it takes. */
function read(form: number, unit: Partial<UnitForms> = {}) {
  const reader = new DwarfReader(BYTES);
  const value = readForm(reader, form, IMPLICIT, { ...UNIT, ...unit });
  return { value, length: reader.position };
}

const [WORD, TWO_WORDS] = [0x0300_0102, 0x0300_0102];

/** DWARF 5, 7.5.6 and table 7.6. */
describe("an attribute's form", () => {
  it.each([
    ["data1", 0x0b, 1, 2],
    ["data2", 0x05, 2, 0x102],
    ["data4", 0x06, 4, WORD],
    ["data8", 0x07, 8, TWO_WORDS],
    ["flag", 0x0c, 1, 2],
    ["udata", 0x0f, 1, 2],
    ["sdata", 0x0d, 1, 2],
    ["sec_offset", 0x17, 4, WORD],
    ["flag_present", 0x19, 0, 1],
    ["implicit_const", 0x21, 0, IMPLICIT],
  ])("%s is a number", (_, form, length, value) => {
    expect(read(form)).toEqual({ value: { kind: "number", value }, length });
  });

  it.each([
    ["ref1", 0x11, 1, 2],
    ["ref2", 0x12, 2, 0x102],
    ["ref4", 0x13, 4, WORD],
    ["ref8", 0x14, 8, TWO_WORDS],
    ["ref_udata", 0x15, 1, 2],
  ])("%s leads to an entry of the same unit", (_, form, length, value) => {
    expect(read(form)).toEqual({ value: { kind: "reference", value, isWithinUnit: true }, length });
  });

  it.each([
    ["strp", 0x0e, ".debug_str", 4, WORD],
    ["line_strp", 0x1f, ".debug_line_str", 4, WORD],
    ["strx", 0x1a, "index", 1, 2],
    ["strx1", 0x25, "index", 1, 2],
    ["strx2", 0x26, "index", 2, 0x102],
    ["strx3", 0x27, "index", 3, 0x102],
    ["strx4", 0x28, "index", 4, WORD],
  ])("%s is a text in %s", (_, form, section, length, at) => {
    expect(read(form)).toEqual({ value: { kind: "string", section, at }, length });
  });

  it("string is a text of its own", () => {
    expect(read(0x08)).toEqual({ value: { kind: "text", text: Uint8Array.of(2, 1) }, length: 3 });
  });

  it.each([
    ["block1", 0x0a, 1],
    ["block", 0x09, 1],
    ["exprloc", 0x18, 1],
  ])("%s has as many bytes as its first one names", (_, form, head) => {
    expect(read(form)).toEqual({ value: { kind: "block", bytes: BYTES.subarray(head, head + 2) }, length: head + 2 });
  });

  it.each([
    ["block2", 0x03, [3, 0, 7, 8, 9]],
    ["block4", 0x04, [3, 0, 0, 0, 7, 8, 9]],
  ])("%s has a length of more bytes", (_, form, bytes) => {
    const reader = new DwarfReader(Uint8Array.from(bytes));
    expect(readForm(reader, form, 0, UNIT)).toEqual({ kind: "block", bytes: Uint8Array.of(7, 8, 9) });
    expect(reader.position).toBe(bytes.length);
  });

  it.each([
    ["addr", 0x01, 4],
    ["addrx", 0x1b, 1],
    ["addrx1", 0x29, 1],
    ["addrx2", 0x2a, 2],
    ["addrx3", 0x2b, 3],
    ["addrx4", 0x2c, 4],
    ["loclistx", 0x22, 1],
    ["rnglistx", 0x23, 1],
    ["ref_sup4", 0x1c, 4],
    ["ref_sup8", 0x24, 8],
    ["ref_sig8", 0x20, 8],
    ["data16", 0x1e, 16],
    ["strp_sup", 0x1d, 4],
    ["GNU_ref_alt", 0x1f20, 4],
    ["GNU_strp_alt", 0x1f21, 4],
  ])("%s is passed over", (_, form, length) => {
    expect(read(form)).toEqual({ value: undefined, length });
  });

  it.each([
    ["strp", 0x0e],
    ["line_strp", 0x1f],
    ["sec_offset", 0x17],
    ["strp_sup", 0x1d],
    ["GNU_ref_alt", 0x1f20],
  ])("%s has 8 bytes in the 64-bit format", (_, form) => {
    expect(read(form, { offsetSize: 8 }).length).toBe(8);
  });

  it.each([
    [2, 8, 4, 8],
    [3, 8, 4, 4],
    [2, 4, 8, 4],
  ])(
    "ref_addr has an address' size in version 2, and an offset's from 3 on: %i",
    (version, addressSize, offsetSize, length) => {
      const { value, ...rest } = read(0x10, { version, addressSize, offsetSize });
      expect([value, rest]).toEqual([{ kind: "reference", value: WORD, isWithinUnit: false }, { length }]);
    },
  );

  it("indirect is named by the bytes themselves", () => {
    const reader = new DwarfReader(Uint8Array.of(0x0b, 7));
    expect(readForm(reader, 0x16, 0, UNIT)).toEqual({ kind: "number", value: 7 });
  });

  it.each([0x02, 0x2d, 0x1f22])("0x%i is refused where it is not known", (form) => {
    expect(() => read(form)).toThrow(RangeError);
  });
});
