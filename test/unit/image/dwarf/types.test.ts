import { describe, expect, it } from "vitest";
import { programTypes } from "../../../../src/image/dwarf/types.ts";
import { elfWith, type Part, text, u16, u32, unitOf } from "./built.ts";

/** DW_TAG_* and DW_AT_* (DWARF 5, tables 7.3 and 7.5), and forms of one byte or without any. */
const TAG = {
  unit: 0x11,
  member: 0x0d,
  structure: 0x13,
  typedef: 0x16,
  union: 0x17,
  const: 0x26,
  volatile: 0x35,
  atomic: 0x47,
};
const AT = { name: 0x03, size: 0x0b, location: 0x38, declaration: 0x3c, type: 0x49, strings: 0x72 };
const FORM = {
  string: 0x08,
  data1: 0x0b,
  block1: 0x0a,
  ref4: 0x13,
  refAddr: 0x10,
  flag: 0x19,
  strx1: 0x25,
  lineStrp: 0x1f,
  secOffset: 0x17,
};

/** A table of abbreviations, numbered from 1 on. */
const abbreviations = (...all: readonly (readonly [tag: number, children: 0 | 1, ...attributes: number[]])[]): Part => [
  ...all.flatMap(([tag, children, ...attributes], i) => [i + 1, tag, children, ...attributes, 0, 0]),
  0,
];

const STRUCT = [TAG.structure, 1, AT.name, FORM.string, AT.size, FORM.data1] as const;
const UNIT = [TAG.unit, 1] as const;

/** The types of one unit of DWARF 4 whose entries follow the unit's own, which is 1. */
const typesOf = (table: Part, entries: Part, more: { readonly [section: string]: Part } = {}) =>
  programTypes(elfWith({ ".debug_info": unitOf(4, [1, ...entries, 0]), ".debug_abbrev": table, ...more }));

/** Where the first entry behind the unit's own stands. */
const FIRST = 12;

describe("the structures of a program", () => {
  const member = (...location: number[]) => [TAG.member, 0, AT.name, FORM.string, AT.location, ...location] as const;

  it("have the size and the members that their entries name", () => {
    const table = abbreviations(UNIT, STRUCT, member(FORM.data1));
    const types = typesOf(table, [2, ...text("s"), 8, 3, ...text("a"), 0, 3, ...text("b"), 4, 0]);
    expect(types?.structs.get(FIRST)).toEqual({
      size: 8,
      members: [
        { name: "a", offset: 0, type: undefined },
        { name: "b", offset: 4, type: undefined },
      ],
    });
    expect([...(types?.named ?? [])]).toEqual([["s", [FIRST]]]);
  });

  it("have size 0 where none is named", () => {
    const table = abbreviations(UNIT, [TAG.union, 0, AT.name, FORM.string]);
    expect(typesOf(table, [2, ...text("u")])?.structs.get(FIRST)).toEqual({ size: 0, members: [] });
  });

  it.each([
    ["DW_OP_plus_uconst", [2, 0x23, 12], 12],
    ["another operation", [2, 0x22, 12], 0],
    ["no operation", [0], 0],
  ])("have a member's place by %s", (_, location, offset) => {
    const table = abbreviations(UNIT, STRUCT, member(FORM.block1));
    const types = typesOf(table, [2, ...text("s"), 8, 3, ...text("a"), ...location, 0]);
    expect(types?.structs.get(FIRST)?.members).toEqual([{ name: "a", offset, type: undefined }]);
  });

  it("have members of their own only, not those of what stands in them or behind them", () => {
    const inner = [TAG.typedef, 1] as const;
    const table = abbreviations(UNIT, STRUCT, member(FORM.data1), inner);
    const entries = [2, ...text("s"), 8, 4, 3, ...text("x"), 1, 0, 3, ...text("a"), 4, 0, 3, ...text("y"), 2];
    expect(
      typesOf(table, entries)
        ?.structs.get(FIRST)
        ?.members.map(({ name }) => name),
    ).toEqual(["a"]);
  });

  it("are none where they are only declared", () => {
    const table = abbreviations(UNIT, [TAG.structure, 0, AT.name, FORM.string, AT.declaration, FORM.flag]);
    const types = typesOf(table, [2, ...text("s")]);
    expect([types?.structs.size, types?.named.size]).toEqual([0, 0]);
  });

  it("stand under their name each time that there is one, and not under an empty one", () => {
    const table = abbreviations(UNIT, [TAG.structure, 0, AT.name, FORM.string]);
    const types = typesOf(table, [2, ...text("s"), 2, ...text(""), 2, ...text("s")]);
    expect([...(types?.named ?? [])]).toEqual([["s", [FIRST, FIRST + 5]]]);
  });
});

describe("types that stand for others", () => {
  it.each([
    ["typedef", TAG.typedef, ["t"]],
    ["const", TAG.const, []],
    ["volatile", TAG.volatile, []],
    ["atomic", TAG.atomic, []],
  ])("are %s, and a typedef has a name", (_, tag, names) => {
    const table = abbreviations(UNIT, [tag, 0, AT.name, FORM.string, AT.type, FORM.ref4]);
    const types = typesOf(table, [2, ...text("t"), ...u32(0x40)]);
    expect([...(types?.aliases ?? [])]).toEqual([[FIRST, 0x40]]);
    expect([...(types?.named.keys() ?? [])]).toEqual(names);
  });

  it("are none of another kind, and where they stand for nothing", () => {
    const table = abbreviations(UNIT, [0x0f, 0, AT.type, FORM.ref4], [TAG.const, 0]);
    expect(typesOf(table, [2, ...u32(0x40), 3])?.aliases.size).toBe(0);
  });

  it("lead within their unit, or anywhere in the section", () => {
    const table = abbreviations(UNIT, [TAG.const, 0, AT.type, FORM.ref4], [TAG.const, 0, AT.type, FORM.refAddr]);
    const first = unitOf(4, [1, 0]);
    const info = [...first, ...unitOf(4, [1, 2, ...u32(0x40), 3, ...u32(0x40), 0])];
    const types = programTypes(elfWith({ ".debug_info": info, ".debug_abbrev": table }));
    expect([...(types?.aliases.values() ?? [])]).toEqual([first.length + 0x40, 0x40]);
  });
});

describe("names of types", () => {
  const sections = { ".debug_str": [0, ...text("one"), ...text("two")], ".debug_line_str": text("line") };
  const named = (form: number, bytes: Part, more: object = {}) => {
    const table = abbreviations(UNIT, [TAG.structure, 0, AT.name, form]);
    return [...(typesOf(table, [2, ...bytes], { ...sections, ...more })?.named.keys() ?? [])];
  };

  it("are texts of .debug_str and .debug_line_str", () => {
    expect(named(0x0e, u32(1))).toEqual(["one"]);
    expect(named(FORM.lineStrp, u32(1))).toEqual(["ine"]);
  });

  it("are texts by a number, behind the header of .debug_str_offsets", () => {
    const offsets = [...u32(12), ...u16(5), ...u16(0), ...u32(5), ...u32(1)];
    expect(named(FORM.strx1, [0], { ".debug_str_offsets": offsets })).toEqual(["two"]);
    expect(named(FORM.strx1, [1], { ".debug_str_offsets": offsets })).toEqual(["one"]);
  });

  it("are none by a number where there is no .debug_str_offsets, and refused behind its end", () => {
    expect(named(FORM.strx1, [0])).toEqual([]);
    expect(() => named(FORM.strx1, [1], { ".debug_str_offsets": new Array(12).fill(0) })).toThrow(
      expect.objectContaining({ code: "elf-truncated" }),
    );
  });

  it("are counted from the base that the unit names", () => {
    const table = abbreviations([TAG.unit, 1, AT.strings, FORM.secOffset], [TAG.structure, 0, AT.name, FORM.strx1]);
    const info = unitOf(4, [1, ...u32(4), 2, 1, 0]);
    const offsets = [...u32(0), ...u32(0), ...u32(5)];
    const elf = elfWith({ ".debug_info": info, ".debug_abbrev": table, ...sections, ".debug_str_offsets": offsets });
    expect([...(programTypes(elf)?.named.keys() ?? [])]).toEqual(["two"]);
  });

  it("are none where the section is not there", () => {
    const table = abbreviations(UNIT, [TAG.structure, 0, AT.name, 0x0e]);
    expect(typesOf(table, [2, ...u32(0)])?.named.size).toBe(0);
  });
});

describe("broken debug information", () => {
  it("is refused with what is wrong with it", () => {
    expect(() => typesOf(abbreviations(UNIT), [9])).toThrow(
      expect.objectContaining({
        code: "elf-truncated",
        message: expect.stringContaining("unknown abbreviation 9"),
        details: { what: ".debug_info" },
      }),
    );
  });

  it("is refused where a section of it lies behind the file's end", () => {
    const elf = elfWith({ ".debug_info": unitOf(4, [0]), ".debug_abbrev": [0] });
    const bytes = elf.bytes.subarray(0, 4);
    for (const what of [".debug_info", ".debug_abbrev"]) {
      const sections = elf.sections.map((one) => (one.name === what ? one : { ...one, offset: 0, size: 1 }));
      expect(() => programTypes({ ...elf, bytes, sections })).toThrow(
        expect.objectContaining({ code: "elf-truncated", message: expect.stringContaining(what) }),
      );
    }
  });

  it.each([".debug_info", ".debug_abbrev"])("is none where %s is missing", (name) => {
    const elf = elfWith({ ".debug_info": unitOf(4, [0]), ".debug_abbrev": [0] });
    expect(programTypes(elf)).toBeDefined();
    expect(programTypes({ ...elf, sections: elf.sections.filter((one) => one.name !== name) })).toBeUndefined();
  });

  it("has eight attributes a byte at most, an entry counted as one", () => {
    // Of 20 bytes 8 are entries; each has 19 attributes without bytes, which makes 20 with itself: 160.
    const entry = [TAG.unit, 0, ...new Array(19).fill([0x3f, FORM.flag]).flat()] as const;
    const table = abbreviations([...entry]);
    const types = (entries: number, more: number) =>
      programTypes(
        elfWith({
          ".debug_info": unitOf(4, [...new Array(entries).fill(1), ...new Array(more).fill(0)]),
          ".debug_abbrev": table,
        }),
      );
    expect(types(8, 1)).toBeDefined();
    expect(() => types(9, 0)).toThrow(expect.objectContaining({ code: "image-too-large", details: { bytes: 20 } }));
  });
});
