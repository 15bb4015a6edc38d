import { ByteReader } from "../base/bytes.ts";
import { NameTable } from "./elf-names.ts";
import { ImageError } from "./image.ts";

/** A program header (System V ABI, "Program Header"); addresses as in the file. */
export interface ElfSegment {
  readonly type: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly paddr: number;
  readonly filesz: number;
  readonly memsz: number;
}

/** A section header with its name resolved (System V ABI, "Sections"). */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/** A symbol with its name resolved; `value` still has the Thumb bit. */
export interface ElfSymbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  /** STT_OBJECT 1, STT_FUNC 2. */
  readonly type: number;
  /** Index of the section it lies in. */
  readonly section: number;
}

/** What Flashproof uses of an ELF32 little-endian ARM file. */
export interface ElfFile {
  readonly bytes: Uint8Array;
  readonly entry: number;
  /** One past the last byte of the file header and the program headers. */
  readonly headersEnd: number;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

/** Constants of the System V ABI and of "ELF for the Arm Architecture" (IHI 0044). */
export const Elf = {
  class32: 1,
  littleEndian: 1,
  machineArm: 40,
  headerSize: 52,
  segmentSize: 32,
  sectionSize: 40,
  symbolSize: 16,
  PT_LOAD: 1,
  SHT_SYMTAB: 2,
  SHT_NOBITS: 8,
  SHF_ALLOC: 2,
  STT_OBJECT: 1,
  STT_FUNC: 2,
} as const;

/**
 * Reads the headers, sections and symbols of an ELF file.
 *
 * Throws `ImageError` `image-format` (no ELF), `elf-wrong-machine` (not ELF32 little-endian ARM) or `elf-truncated`
 * (a header points beyond the file's end).
 */
export function readElf(bytes: Uint8Array): ElfFile {
  const header = readHeader(bytes);
  const segments = tableOf(bytes, header.segments, Elf.segmentSize, "program header", readSegment);
  const sections = readSections(bytes, header);
  const headersEnd = Math.max(Elf.headerSize, header.segments.offset + header.segments.count * Elf.segmentSize);
  return { bytes, entry: header.entry, headersEnd, segments, sections, symbols: readSymbols(bytes, sections) };
}

/** The bytes `offset` to `offset + size` of the file; throws `ImageError` `elf-truncated`. */
export function elfSlice(bytes: Uint8Array, offset: number, size: number, what: string): Uint8Array {
  if (offset + size <= bytes.length) return bytes.subarray(offset, offset + size);
  throw new ImageError("elf-truncated", `The ELF file ends at ${bytes.length} bytes, inside of its ${what}`, {
    details: { what, offset, size, fileSize: bytes.length },
  });
}

interface ElfTable {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
}

function readHeader(bytes: Uint8Array) {
  const reader = new ByteReader(elfSlice(bytes, 0, Elf.headerSize, "file header"));
  checkIdent(reader.bytes(16));
  reader.skip(2);
  checkMachine(reader.u16le());
  reader.skip(4);
  const [entry, segmentOffset, sectionOffset] = [reader.u32le(), reader.u32le(), reader.u32le()];
  reader.skip(6);
  const [segmentSize, segmentCount, sectionSize, sectionCount, nameSection] = Array.from({ length: 5 }, () =>
    reader.u16le(),
  );
  const segments = { offset: segmentOffset, entrySize: segmentSize, count: segmentCount };
  const sections = { offset: sectionOffset, entrySize: sectionSize, count: sectionCount };
  return { entry, segments, sections, nameSection };
}

function checkIdent(ident: Uint8Array): void {
  if (![0x7f, 0x45, 0x4c, 0x46].every((byte, i) => ident[i] === byte)) {
    throw new ImageError("image-format", "This is no ELF file: it does not start with 7F 45 4C 46");
  }
  if (ident[4] === Elf.class32 && ident[5] === Elf.littleEndian) return;
  throw new ImageError(
    "elf-wrong-machine",
    "This ELF file is not 32-bit little-endian, so it is for another processor",
  );
}

function checkMachine(machine: number): void {
  if (machine === Elf.machineArm) return;
  throw new ImageError("elf-wrong-machine", `This ELF file is for machine ${machine}, not for ARM (40)`, {
    details: { machine },
  });
}

/** Reads one entry of a table, whose first byte stands at `at`. */
type ReadEntry<T> = (view: DataView, at: number, index: number) => T;

function tableOf<T>(bytes: Uint8Array, table: ElfTable, size: number, what: string, read: ReadEntry<T>): T[] {
  if (table.count > 0 && table.entrySize < size) {
    throw new ImageError("elf-truncated", `A ${what} of ${table.entrySize} bytes is too short`, { details: { what } });
  }
  const all = elfSlice(bytes, table.offset, table.count * table.entrySize, `${what}s`);
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  return Array.from({ length: table.count }, (_, i) => read(view, i * table.entrySize, i));
}

const readSegment: ReadEntry<ElfSegment> = (view, at) => {
  const word = (index: number) => view.getUint32(at + index * 4, true);
  return { type: word(0), offset: word(1), vaddr: word(2), paddr: word(3), filesz: word(4), memsz: word(5) };
};

function readSections(bytes: Uint8Array, header: ReturnType<typeof readHeader>): readonly ElfSection[] {
  const bare = tableOf(bytes, header.sections, Elf.sectionSize, "section header", readSection);
  const names = bare[header.nameSection];
  if (!names || names.type === Elf.SHT_NOBITS) return bare.map((section) => ({ ...section, name: "" }));
  const table = new NameTable(elfSlice(bytes, names.offset, names.size, "section names"));
  return bare.map((section) => ({ ...section, name: table.nameAt(section.nameAt) }));
}

const readSection: ReadEntry<Omit<ElfSection, "name"> & { readonly nameAt: number }> = (view, at, index) => {
  const word = (field: number) => view.getUint32(at + field * 4, true);
  const [nameAt, type, flags, address] = [word(0), word(1), word(2), word(3)];
  return { index, nameAt, type, flags, address, offset: word(4), size: word(5), link: word(6) };
};

function readSymbols(bytes: Uint8Array, sections: readonly ElfSection[]): readonly ElfSymbol[] {
  const table = sections.find((section) => section.type === Elf.SHT_SYMTAB);
  const strings = table && sections[table.link];
  if (!table || !strings || strings.type === Elf.SHT_NOBITS) return [];
  const names = new NameTable(elfSlice(bytes, strings.offset, strings.size, "symbol names"));
  const count = Math.floor(table.size / Elf.symbolSize);
  const at = { offset: table.offset, entrySize: Elf.symbolSize, count };
  return tableOf(bytes, at, Elf.symbolSize, "symbol", (view, place) => readSymbol(view, place, names));
}

function readSymbol(view: DataView, at: number, names: NameTable): ElfSymbol {
  const [nameAt, value, size] = [0, 4, 8].map((offset) => view.getUint32(at + offset, true));
  const type = view.getUint8(at + 12) & 0xf;
  return { name: names.nameAt(nameAt), value, size, type, section: view.getUint16(at + 14, true) };
}
