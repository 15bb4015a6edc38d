import { address32 } from "../base/u32.ts";
import { buildImage } from "./build-image.ts";
import { Elf, type ElfFile, type ElfSection, type ElfSegment, elfSlice } from "./elf.ts";
import { type Image, ImageError, type ImageSymbol, type Segment } from "./image.ts";
import { ADDRESS_SPACE, checkImageBytes, checkSegmentCount } from "./limits.ts";

/** How often a file may load each of its bytes; a linker loads it once. More is no program, and costs without end. */
const MOST_LOADS = 8;

/**
 * The image of an ELF file: what its PT_LOAD segments hold, at their physical addresses.
 *
 * Within a segment only bytes that belong to a section are taken. What lies between is the linker's padding (zeroes
 * that would lock a chip whose security bytes they cover) or the file's own headers (linkers put them into the first
 * page); objcopy leaves both out as well, so an ELF file and the HEX file made of it are the same image. A segment
 * without any section (a stripped file) is taken whole. Throws `ImageError` `elf-truncated`, `elf-segment` for sizes
 * that can't be, `image-overlap`, `image-empty`, `image-too-large`.
 */
export function elfImage(elf: ElfFile, name: string, offset = 0): Image {
  for (const segment of elf.segments) if (segment.type === Elf.PT_LOAD) checkSizes(segment);
  const reader = new LoadReader(elf, name);
  for (const load of distinctLoads(elf.segments)) reader.take(load);
  const symbols = [...reader.sections, ...codeAndData(elf)];
  // e_entry 0: the file has none (System V ABI, ELF header).
  const entry = elf.entry === 0 ? {} : { entry: elf.entry };
  return buildImage({ format: "elf", segments: reader.pieces, symbols, ...entry }, offset);
}

/** The segments that are loaded, each once however often the table lists it. */
function distinctLoads(segments: readonly ElfSegment[]): readonly ElfSegment[] {
  const loads = segments.filter(({ type, filesz }) => type === Elf.PT_LOAD && filesz > 0);
  return [...new Map(loads.map((load) => [`${load.offset} ${load.paddr} ${load.filesz}`, load])).values()];
}

/** Gathers the pieces of memory that segments load, and the sections that they lie in. */
class LoadReader {
  readonly pieces: Segment[] = [];
  readonly sections: ImageSymbol[] = [];
  private readonly elf: ElfFile;
  private readonly name: string;
  /** Loaded sections by their place in the file. */
  private readonly byOffset: readonly ElfSection[];
  private readonly named = new Set<number>();
  private loaded = 0;
  /** How often a section was held against a segment. */
  private looked = 0;

  constructor(elf: ElfFile, name: string) {
    this.elf = elf;
    this.name = name;
    this.byOffset = elf.sections.filter(isLoaded).sort((a, b) => a.offset - b.offset);
  }

  take(load: ElfSegment): void {
    const bytes = elfSlice(this.elf.bytes, load.offset, load.filesz, "loaded bytes");
    let isFound = false;
    for (let i = this.firstFrom(load.offset); i < this.byOffset.length; i++) {
      const section = this.byOffset[i];
      if (section.offset >= load.offset + load.filesz) break;
      if (++this.looked > MOST_LOADS * this.byOffset.length) throw this.tooOften();
      if (section.offset + section.size > load.offset + load.filesz) continue;
      isFound = true;
      this.takeSection(section, load, bytes);
    }
    const isOnlyHeaders = load.offset + load.filesz <= this.elf.headersEnd;
    if (!isFound && !isOnlyHeaders) this.add({ name: this.name, address: load.paddr, bytes });
  }

  private takeSection(section: ElfSection, load: ElfSegment, bytes: Uint8Array): void {
    const from = section.offset - load.offset;
    const address = load.paddr + from;
    this.add({ name: section.name, address, bytes: bytes.subarray(from, from + section.size) });
    if (this.named.has(section.index)) return;
    this.named.add(section.index);
    this.sections.push({ name: section.name, kind: "section", address, length: section.size });
  }

  private add(piece: Segment): void {
    this.loaded += piece.bytes.length;
    this.pieces.push(piece);
    checkImageBytes(this.loaded);
    checkSegmentCount(this.pieces.length);
    if (this.loaded > MOST_LOADS * this.elf.bytes.length) throw this.tooOften();
  }

  private tooOften(): ImageError {
    return new ImageError("image-too-large", `The ELF file loads its bytes more than ${MOST_LOADS} times over`, {
      details: { loaded: this.loaded, fileSize: this.elf.bytes.length },
    });
  }

  /** The index of the first section that begins at `offset` or behind it. */
  private firstFrom(offset: number): number {
    let [low, high] = [0, this.byOffset.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.byOffset[middle].offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A segment has no more bytes in the file than in memory, and ends within 32-bit addresses. */
function checkSizes({ vaddr, paddr, filesz, memsz }: ElfSegment): void {
  const isPossible = filesz <= memsz && vaddr + memsz <= ADDRESS_SPACE && paddr + filesz <= ADDRESS_SPACE;
  if (isPossible) return;
  const sizes = `${filesz} bytes in the file and ${memsz} in memory`;
  throw new ImageError("elf-segment", `The ELF segment at ${address32(paddr)} says it has ${sizes}`, {
    details: { address: address32(paddr), filesz, memsz },
  });
}

const isLoaded = (section: ElfSection): boolean =>
  (section.flags & Elf.SHF_ALLOC) !== 0 && section.type !== Elf.SHT_NOBITS && section.size > 0;

function codeAndData(elf: ElfFile): readonly ImageSymbol[] {
  return elf.symbols.flatMap((symbol): readonly ImageSymbol[] => {
    if (symbol.name === "" || symbol.section === 0) return [];
    const at = { name: symbol.name, length: symbol.size };
    if (symbol.type === Elf.STT_FUNC) return [{ ...at, kind: "function", address: (symbol.value & ~1) >>> 0 }];
    return symbol.type === Elf.STT_OBJECT ? [{ ...at, kind: "object", address: symbol.value }] : [];
  });
}
