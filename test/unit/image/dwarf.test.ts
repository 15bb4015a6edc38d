import { describe, expect, it } from "vitest";
import { structureOffsets } from "../../../src/image/dwarf/offsets.ts";
import type { ElfFile, ElfSection } from "../../../src/image/elf.ts";

const ascii = (text: string) => [...text].map((char) => char.charCodeAt(0));
const text = (value: string) => [...ascii(value), 0];
const u16 = (value: number) => [value & 0xff, value >>> 8];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];

/** DW_TAG_compile_unit, structure_type, member, typedef, union_type; DW_FORM_string 8, data1 0xb, ref4 0x13. */
const ABBREVIATIONS = [
  ...[1, 0x11, 1, 0, 0],
  ...[2, 0x13, 1, 0x03, 0x08, 0x0b, 0x0b, 0, 0],
  ...[3, 0x0d, 0, 0x03, 0x08, 0x49, 0x13, 0x38, 0x0b, 0, 0],
  ...[4, 0x16, 0, 0x03, 0x08, 0x49, 0x13, 0, 0],
  // A member without a name, one by an expression, a structure without a name, and a declaration.
  ...[5, 0x0d, 0, 0x49, 0x13, 0x38, 0x0b, 0, 0],
  ...[6, 0x0d, 0, 0x03, 0x08, 0x38, 0x18, 0, 0],
  ...[7, 0x17, 1, 0x0b, 0x0b, 0, 0],
  ...[8, 0x13, 0, 0x03, 0x08, 0x3c, 0x19, 0, 0],
  // DW_FORM_strp and DW_FORM_implicit_const 12.
  ...[9, 0x0d, 0, 0x03, 0x0e, 0x38, 0x21, 12, 0, 0],
  0,
];

type Part = readonly number[];

/** Entries of one unit of a version; places of entries count from the unit's begin. */
function unitOf(version: 4 | 5, entries: Part): Part {
  const rest = version === 4 ? [...u16(4), ...u32(0), 4] : [...u16(5), 1, 4, ...u32(0)];
  return [...u32(rest.length + entries.length), ...rest, ...entries];
}

const HEAD = { 4: 11, 5: 12 } as const;

function elfWith(sections: { readonly [name: string]: Part }, flags = 0): ElfFile {
  let offset = 0;
  const all = Object.entries(sections).map(([name, bytes], index): ElfSection => {
    const section = { index, name, type: 1, flags, address: 0, offset, size: bytes.length, link: 0 };
    offset += bytes.length;
    return section;
  });
  const bytes = Uint8Array.from(Object.values(sections).flat());
  return { bytes, entry: 0, headersEnd: 0, segments: [], sections: all, symbols: [] };
}

const elfOf = (info: Part, flags = 0, strings: Part = []) =>
  elfWith({ ".debug_info": info, ".debug_abbrev": ABBREVIATIONS, ".debug_str": strings }, flags);

/** `struct task { int pad; union { struct list { ptr head @4 } ready @8 } @0x10 }`, and `typedef struct task Task`. */
function taskUnit(version: 4 | 5, head = 4): Part {
  const at = (entries: Part) => HEAD[version] + entries.length;
  const entries: number[] = [1];
  const list = at(entries);
  entries.push(2, ...text("list"), 12, 6, ...text("head"), 2, 0x23, head, 9, ...u32(0), 0);
  const union = at(entries);
  entries.push(7, 12, 3, ...text("ready"), ...u32(list), 8, 0);
  const task = at(entries);
  entries.push(2, ...text("task"), 40, 3, ...text("pad"), ...u32(list), 0, 5, ...u32(union), 0x10, 0);
  entries.push(4, ...text("Task"), ...u32(task), 8, ...text("other"), 0);
  return unitOf(version, entries);
}

const STRINGS = text("tail");
const WANTED = [{ types: ["none", "Task"], paths: ["pad", "ready.head", "ready.tail"] }];

describe("structures in an ELF file's debug information", () => {
  it.each([4, 5] as const)("are found by a typedef, with members of members, in DWARF %i", (version) => {
    expect(structureOffsets(elfOf(taskUnit(version), 0, STRINGS), WANTED)).toEqual([
      { type: "Task", size: 40, offsets: [0, 0x10 + 8 + 4, 0x10 + 8 + 12] },
    ]);
  });

  it("are found once where units repeat them, and not where units differ", () => {
    const repeated = elfOf([...taskUnit(4), ...taskUnit(5)], 0, STRINGS);
    expect(structureOffsets(repeated, WANTED)?.[0]?.offsets).toEqual([0, 28, 36]);
    const other = elfOf([...taskUnit(4), ...taskUnit(4, 6)], 0, STRINGS);
    expect(structureOffsets(other, WANTED)).toEqual([undefined]);
  });

  it("are not found where a member is missing, and where there is only a declaration", () => {
    const elf = elfOf(taskUnit(4), 0, STRINGS);
    expect(structureOffsets(elf, [{ types: ["Task"], paths: ["gone"] }])).toEqual([undefined]);
    expect(structureOffsets(elf, [{ types: ["other"], paths: [] }])).toEqual([undefined]);
  });

  it("are unknown without debug information, and with a compressed one", () => {
    expect(structureOffsets(elfWith({}), WANTED)).toBeUndefined();
    expect(structureOffsets(elfOf(taskUnit(4), 0x800), WANTED)).toBeUndefined();
  });

  it.each([
    ["a unit beyond the section", u32(100)],
    ["an unknown abbreviation", unitOf(4, [99])],
    ["a text without an end", unitOf(4, [1, 2, 0x41])],
    ["a number that never ends", unitOf(4, [...new Array<number>(147).fill(0x80), 0])],
  ])("are refused with %s", (_, info) => {
    expect(() => structureOffsets(elfOf(info), WANTED)).toThrow(expect.objectContaining({ code: "elf-truncated" }));
  });

  it("are searched once each where members without names lead back to their own structure", () => {
    const entries: number[] = [1];
    const own = HEAD[4] + entries.length;
    entries.push(2, ...text("task"), 40, ...[0, 4, 8].flatMap((at) => [5, ...u32(own), at]), 0, 0);
    expect(structureOffsets(elfOf(unitOf(4, entries)), [{ types: ["task"], paths: ["gone"] }])).toEqual([undefined]);
  });

  it("are refused where units name tables of abbreviations within each other", () => {
    const table = Array.from({ length: 60 }, (_, code) => [code + 1, 0x13, 0, 0, 0]).flat();
    const units = Array.from({ length: 50 }, (_, n) => [...u32(8), ...u16(4), ...u32(5 * n), 4, 0]).flat();
    const elf = elfWith({ ".debug_info": units, ".debug_abbrev": [...table, 0] });
    expect(() => structureOffsets(elf, WANTED)).toThrow(expect.objectContaining({ code: "elf-truncated" }));
  });

  it("are refused where entries have more attributes than bytes", () => {
    const many = [1, 0x11, 0, ...new Array(200).fill([0x3f, 0x19]).flat(), 0, 0, 0];
    const elf = elfWith({ ".debug_info": unitOf(4, new Array(100).fill(1)), ".debug_abbrev": many });
    expect(() => structureOffsets(elf, WANTED)).toThrow(expect.objectContaining({ code: "image-too-large" }));
  });
});
