import { ByteReader } from "../base/bytes.ts";
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

function tableOf<T>(
  bytes: Uint8Array,
  table: ElfTable,
  size: number,
  what: string,
  read: (entry: ByteReader, index: number) => T,
): T[] {
  if (table.count > 0 && table.entrySize < size) {
    throw new ImageError("elf-truncated", `A ${what} of ${table.entrySize} bytes is too short`, { details: { what } });
  }
  const all = elfSlice(bytes, table.offset, table.count * table.entrySize, `${what}s`);
  return Array.from({ length: table.count }, (_, i) => read(new ByteReader(all.subarray(i * table.entrySize)), i));
}

function readSegment(reader: ByteReader): ElfSegment {
  const [type, offset, vaddr, paddr, filesz, memsz] = Array.from({ length: 6 }, () => reader.u32le());
  return { type, offset, vaddr, paddr, filesz, memsz };
}

function readSections(bytes: Uint8Array, header: ReturnType<typeof readHeader>): readonly ElfSection[] {
  const bare = tableOf(bytes, header.sections, Elf.sectionSize, "section header", readSection);
  const names = bare[header.nameSection];
  if (!names || names.type === Elf.SHT_NOBITS) return bare.map((section) => ({ ...section, name: "" }));
  const text = elfSlice(bytes, names.offset, names.size, "section names");
  return bare.map((section) => ({ ...section, name: stringAt(text, section.nameAt) }));
}

function readSection(reader: ByteReader, index: number) {
  const [nameAt, type, flags, address, offset, size, link] = Array.from({ length: 7 }, () => reader.u32le());
  return { index, nameAt, type, flags, address, offset, size, link };
}

function readSymbols(bytes: Uint8Array, sections: readonly ElfSection[]): readonly ElfSymbol[] {
  const table = sections.find((section) => section.type === Elf.SHT_SYMTAB);
  const strings = table && sections[table.link];
  if (!table || !strings || strings.type === Elf.SHT_NOBITS) return [];
  const text = elfSlice(bytes, strings.offset, strings.size, "symbol names");
  const count = Math.floor(table.size / Elf.symbolSize);
  const at = { offset: table.offset, entrySize: Elf.symbolSize, count };
  return tableOf(bytes, at, Elf.symbolSize, "symbol", (reader) => readSymbol(reader, text));
}

function readSymbol(reader: ByteReader, text: Uint8Array): ElfSymbol {
  const name = stringAt(text, reader.u32le());
  const [value, size] = [reader.u32le(), reader.u32le()];
  const type = reader.u8() & 0xf;
  return { name, value, size, type, section: reader.skip(1).u16le() };
}

function stringAt(text: Uint8Array, start: number): string {
  const end = text.indexOf(0, start);
  return new TextDecoder().decode(text.subarray(start, end < 0 ? text.length : end));
}
