import { describe, expect, it } from "vitest";
import type { ElfFile, ElfSection, ElfSegment, ElfSymbol } from "../../../src/image/elf.ts";
import { elfImage } from "../../../src/image/elf-image.ts";

const DATA = Uint8Array.from({ length: 0x100 }, (_, i) => i);
const load = (offset: number, filesz: number, more: Partial<ElfSegment> = {}): ElfSegment => ({
  ...{ type: 1, offset, filesz, memsz: filesz, vaddr: 0x2000_0000, paddr: 0x1000 },
  ...more,
});
const section = (index: number, offset: number, size: number, more: Partial<ElfSection> = {}): ElfSection => ({
  ...{ index, name: `.s${index}`, type: 1, flags: 2, address: 0x2000_0000, offset, size, link: 0 },
  ...more,
});
const symbol = (more: Partial<ElfSymbol>): ElfSymbol => ({
  name: "f",
  value: 0x1001,
  size: 4,
  type: 2,
  section: 1,
  ...more,
});

const imageOf = (file: Partial<ElfFile>, offset = 0) =>
  elfImage({ bytes: DATA, entry: 0, headersEnd: 0, segments: [], sections: [], symbols: [], ...file }, "f.elf", offset);
const runsOf = (file: Partial<ElfFile>) =>
  imageOf(file).segments.map(({ name, address, bytes }) => [name, address, bytes[0], bytes.length]);

describe("what a segment of an ELF file loads", () => {
  const segments = [load(0x40, 0x20)];

  it("are its sections, at the physical address, by their place in the file", () => {
    const sections = [section(1, 0x58, 8), section(2, 0x40, 8)];
    expect(runsOf({ segments, sections })).toEqual([
      [".s2", 0x1000, 0x40, 8],
      [".s1", 0x1018, 0x58, 8],
    ]);
  });

  it.each([
    ["that is not loaded, as debug information", section(2, 0x50, 8, { flags: 1 })],
    ["of zeroes, as .bss", section(2, 0x50, 8, { type: 8 })],
    ["without bytes", section(2, 0x50, 0)],
    ["that begins before it", section(2, 0x38, 0x10)],
    ["that ends behind it", section(2, 0x59, 8)],
    ["that begins where it ends", section(2, 0x60, 8)],
  ])("is no section %s", (_, other) => {
    expect(runsOf({ segments, sections: [section(1, 0x40, 8), other] })).toEqual([[".s1", 0x1000, 0x40, 8]]);
  });

  it("is a section that fills it to its end", () => {
    expect(runsOf({ segments, sections: [section(1, 0x40, 0x20)] })).toEqual([[".s1", 0x1000, 0x40, 0x20]]);
  });

  it("is all of it, by the file's name, where it has no section", () => {
    expect(runsOf({ segments, sections: [section(1, 0x80, 8)] })).toEqual([["f.elf", 0x1000, 0x40, 0x20]]);
  });

  it("is nothing where it holds the file's own headers alone", () => {
    const own = load(0, 0x40, { paddr: 0x4000 });
    expect(runsOf({ headersEnd: 0x40, segments: [own, ...segments] })).toEqual([["f.elf", 0x1000, 0x40, 0x20]]);
    expect(runsOf({ headersEnd: 0x3f, segments: [own] })).toEqual([["f.elf", 0x4000, 0, 0x40]]);
  });

  it("is nothing of a segment that is not to be loaded, and of one without bytes in the file", () => {
    const others = [load(0, 0x10, { type: 0x7000_0001 }), load(0, 0, { memsz: 0x10 })];
    expect(runsOf({ segments: [...others, ...segments] })).toEqual([["f.elf", 0x1000, 0x40, 0x20]]);
  });

  it("are both where the same bytes go to two addresses", () => {
    const twice = [load(0x40, 8), load(0x40, 8, { paddr: 0x2000 })];
    const image = imageOf({ segments: twice, sections: [section(1, 0x40, 8)] });
    expect(image.segments.map(({ address }) => address)).toEqual([0x1000, 0x2000]);
    expect(image.symbols).toEqual([{ name: ".s1", kind: "section", address: 0x1000, length: 8 }]);
  });
});

describe("sizes in an ELF file's program header", () => {
  const END = 0x1_0000_0000;

  it.each([
    ["the memory's end by physical addresses", { paddr: END - 0x10 }],
    ["the memory's end by virtual addresses", { vaddr: END - 0x10 }],
    ["the file's bytes", { memsz: 0x10 }],
  ])("are right up to %s, and refused one byte behind", (_, at) => {
    const one = load(0x40, 0x10, at);
    expect(() => imageOf({ segments: [one] })).not.toThrow();
    const behind = { ...one, filesz: 0x11, ...("memsz" in at ? {} : { memsz: 0x11 }) };
    expect(() => imageOf({ segments: [behind] })).toThrow(
      expect.objectContaining({ code: "elf-segment", message: expect.stringContaining("17 bytes in the file") }),
    );
  });

  it("are not looked at where a segment is not loaded", () => {
    const other = load(0x40, 0x10, { type: 2, memsz: 1 });
    expect(() => imageOf({ segments: [other, load(0x40, 0x10)] })).not.toThrow();
  });

  it("are refused with the address, and both sizes", () => {
    expect(() => imageOf({ segments: [load(0x40, 0x10, { memsz: 1 })] })).toThrow(
      expect.objectContaining({ details: { address: "0x00001000", filesz: 0x10, memsz: 1 } }),
    );
  });
});

describe("how often an ELF file loads its bytes", () => {
  const times = (count: number, length = 0x100) =>
    Array.from({ length: count }, (_, i) => load(0, length, { paddr: 0x1000 * (i + 1) }));

  it("is eight times at most, as a whole", () => {
    expect(imageOf({ segments: times(8) }).segments).toHaveLength(8);
    expect(() => imageOf({ segments: [...times(8), load(0, 1, { paddr: 0x10_0000 })] })).toThrow(
      expect.objectContaining({ code: "image-too-large", details: { loaded: 0x801, fileSize: 0x100 } }),
    );
  });

  it("is eight times at most for its sections, however short they are", () => {
    const sections = [section(1, 0, 1), section(2, 4, 1)];
    expect(imageOf({ segments: times(8), sections }).segments).toHaveLength(16);
    expect(() => imageOf({ segments: times(9), sections })).toThrow(
      expect.objectContaining({ code: "image-too-large" }),
    );
  });
});

describe("an ELF file's symbols in its image", () => {
  const symbolsOf = (...symbols: readonly ElfSymbol[]) => imageOf({ segments: [load(0, 16)], symbols }).symbols;

  it("are functions without their Thumb bit, and objects at their address", () => {
    expect(symbolsOf(symbol({ value: 0xffff_f001 }), symbol({ name: "o", type: 1, value: 0x2001 }))).toEqual([
      { name: "f", kind: "function", address: 0xffff_f000, length: 4 },
      { name: "o", kind: "object", address: 0x2001, length: 4 },
    ]);
  });

  it.each([
    ["a name", { name: "" }],
    ["a section", { section: 0 }],
    ["code or data, as a file's name", { type: 4 }],
  ])("are none without %s", (_, more) => {
    expect(symbolsOf(symbol(more))).toEqual([]);
  });
});
