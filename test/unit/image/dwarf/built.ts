import type { ElfFile, ElfSection } from "../../../../src/image/elf.ts";

const ascii = (text: string) => [...text].map((char) => char.charCodeAt(0));
/** A text with its zero. */
export const text = (value: string) => [...ascii(value), 0];
export const u16 = (value: number) => [value & 0xff, value >>> 8];
export const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];

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

/** Bytes. */
export type Part = readonly number[];

/** Entries of one unit of a version; places of entries count from the unit's begin. */
export function unitOf(version: 4 | 5, entries: Part): Part {
  const rest = version === 4 ? [...u16(4), ...u32(0), 4] : [...u16(5), 1, 4, ...u32(0)];
  return [...u32(rest.length + entries.length), ...rest, ...entries];
}

/** Bytes of a unit's header, by its version. */
export const HEAD = { 4: 11, 5: 12 } as const;

/** An ELF file of sections with these bytes. */
export function elfWith(sections: { readonly [name: string]: Part }, flags = 0): ElfFile {
  let offset = 0;
  const all = Object.entries(sections).map(([name, bytes], index): ElfSection => {
    const section = { index, name, type: 1, flags, address: 0, offset, size: bytes.length, link: 0 };
    offset += bytes.length;
    return section;
  });
  const bytes = Uint8Array.from(Object.values(sections).flat());
  return { bytes, entry: 0, headersEnd: 0, segments: [], sections: all, symbols: [] };
}

/** One with the abbreviations above. */
export const elfOf = (info: Part, flags = 0, strings: Part = []) =>
  elfWith({ ".debug_info": info, ".debug_abbrev": ABBREVIATIONS, ".debug_str": strings }, flags);
