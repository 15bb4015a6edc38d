import { buildImage } from "./build-image.ts";
import { Elf, type ElfFile, type ElfSection, type ElfSegment, elfSlice } from "./elf.ts";
import type { Image, ImageSymbol, Segment } from "./image.ts";

/**
 * The image of an ELF file: what its PT_LOAD segments hold, at their physical addresses.
 *
 * Within a segment only bytes that belong to a section are taken. What lies between is the linker's padding (zeroes
 * that would lock a chip whose security bytes they cover) or the file's own headers (linkers put them into the first
 * page); objcopy leaves both out as well, so an ELF file and the HEX file made of it are the same image. A segment
 * without any section (a stripped file) is taken whole. Throws `ImageError` `elf-truncated`, `image-overlap`,
 * `image-empty`.
 */
export function elfImage(elf: ElfFile, name: string, offset = 0): Image {
  const loads = elf.segments.filter((segment) => segment.type === Elf.PT_LOAD && segment.filesz > 0);
  const segments = loads.flatMap((load) => loadPieces(elf, load, name));
  return buildImage({ format: "elf", segments, symbols: symbolsOf(elf, loads), entry: elf.entry }, offset);
}

function loadPieces(elf: ElfFile, load: ElfSegment, name: string): readonly Segment[] {
  const bytes = elfSlice(elf.bytes, load.offset, load.filesz, "loaded bytes");
  const inside = elf.sections.filter((section) => isLoaded(section) && liesIn(section, load));
  if (inside.length > 0) {
    return inside.map((section) => {
      const from = section.offset - load.offset;
      return { name: section.name, address: load.paddr + from, bytes: bytes.subarray(from, from + section.size) };
    });
  }
  const onlyHeaders = load.offset + load.filesz <= elf.headersEnd;
  return onlyHeaders ? [] : [{ name, address: load.paddr, bytes }];
}

const isLoaded = (section: ElfSection): boolean =>
  (section.flags & Elf.SHF_ALLOC) !== 0 && section.type !== Elf.SHT_NOBITS && section.size > 0;

const liesIn = (section: ElfSection, load: ElfSegment): boolean =>
  section.offset >= load.offset && section.offset + section.size <= load.offset + load.filesz;

function symbolsOf(elf: ElfFile, loads: readonly ElfSegment[]): readonly ImageSymbol[] {
  return [...elf.sections.flatMap((section) => sectionSymbol(section, loads)), ...codeAndData(elf)];
}

function sectionSymbol(section: ElfSection, loads: readonly ElfSegment[]): readonly ImageSymbol[] {
  const load = isLoaded(section) ? loads.find((segment) => liesIn(section, segment)) : undefined;
  if (!load) return [];
  const address = load.paddr + section.offset - load.offset;
  return [{ name: section.name, kind: "section", address, length: section.size }];
}

function codeAndData(elf: ElfFile): readonly ImageSymbol[] {
  return elf.symbols.flatMap((symbol): readonly ImageSymbol[] => {
    if (symbol.name === "" || symbol.section === 0) return [];
    const at = { name: symbol.name, length: symbol.size };
    if (symbol.type === Elf.STT_FUNC) return [{ ...at, kind: "function", address: (symbol.value & ~1) >>> 0 }];
    return symbol.type === Elf.STT_OBJECT ? [{ ...at, kind: "object", address: symbol.value }] : [];
  });
}
