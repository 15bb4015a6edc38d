import { describe, expect, it } from "vitest";
import { readElf } from "../../../src/image/elf.ts";
import { elfImage } from "../../../src/image/elf-image.ts";
import { readIntelHex } from "../../../src/image/intel-hex.ts";
import { elfOf } from "./elf-files.ts";
import { fixture, memoryOf } from "./images.ts";

const sample = () => fixture("sample.elf");
const read = (bytes: Uint8Array, offset = 0) => elfImage(readElf(bytes), "sample.elf", offset);

/** The sample with a 16-bit or 32-bit field of its file header replaced. */
function withHeader(offset: number, value: number, size: 1 | 2 | 4): Uint8Array {
  const bytes = sample();
  for (let i = 0; i < size; i++) bytes[offset + i] = value >>> (8 * i);
  return bytes;
}

/** The sample after `strip`, which removes every section header. */
const sectionless = () => {
  const bytes = withHeader(0x20, 0, 4);
  bytes.fill(0, 0x30, 0x34);
  return bytes;
};

describe("ELF", () => {
  it("is the same image as the HEX file that objcopy makes of it", () => {
    expect(memoryOf(read(sample()))).toEqual(memoryOf(readIntelHex(fixture("sample.hex"), "sample.hex")));
  });

  it("loads .data in flash, behind .text, by its physical address", () => {
    const image = read(sample());
    expect(image.symbols).toContainEqual({ name: ".data", kind: "section", address: 0x420, length: 4 });
    expect(image.symbols).toContainEqual({ name: "counter", kind: "object", address: 0x20000000, length: 4 });
  });

  it("names segments after their sections, and leaves the linker's padding before the FCF out", () => {
    expect(read(sample()).segments.map((s) => s.name)).toEqual([".vectors", ".flash_config, .text, .data", ".far"]);
  });

  it("keeps the entry, and functions without their Thumb bit", () => {
    const image = read(sample());
    expect(image.entry).toBe(0x411);
    expect(image.symbols).toContainEqual({ name: "reset", kind: "function", address: 0x410, length: 12 });
  });

  it("names no entry where e_entry is 0, at an offset neither", () => {
    expect(read(withHeader(0x18, 0, 4), 0x1000).entry).toBeUndefined();
  });

  it("takes whole segments where there are no sections, padding included", () => {
    const image = read(sectionless());
    expect(image.segments.map(({ address, bytes }) => [address, bytes.length])).toEqual([
      [0, 0x424],
      [0x80000, 4],
    ]);
  });

  it("adds the offset", () => {
    expect(read(sample(), 0x1000).segments[0].address).toBe(0x1000);
  });

  it.each([
    ["big-endian", 5, 2, 1],
    ["64-bit", 4, 2, 1],
    ["x86", 0x12, 3, 2],
  ] as const)("refuses a %s file", (_, offset, value, size) => {
    expect(() => read(withHeader(offset, value, size))).toThrow(expect.objectContaining({ code: "elf-wrong-machine" }));
  });

  it("refuses what does not start with its magic", () => {
    expect(() => read(withHeader(0, 0x7e, 1))).toThrow(expect.objectContaining({ code: "image-format" }));
  });

  it("refuses the file cut anywhere", () => {
    const whole = sample();
    for (let length = 0; length < whole.length; length += 97) {
      expect(() => read(whole.subarray(0, length))).toThrow(expect.objectContaining({ code: "elf-truncated" }));
    }
  });
});

describe("an ELF file with headers that lie", () => {
  const load = { address: 0x1000, offset: 0, filesz: 16 };

  it("is read once where 2,000 segments are the same", () => {
    expect(memoryOf(read(elfOf(Array(2000).fill(load), 16)))).toEqual([{ address: 0x1000, bytes: Array(16).fill(0) }]);
  });

  it.each([
    ["more bytes than the file has", { ...load, filesz: 17 }, "elf-truncated"],
    ["more bytes in the file than in memory", { ...load, memsz: 15 }, "elf-segment"],
    ["memory beyond 32-bit addresses", { ...load, memsz: 0xffffffff }, "elf-segment"],
    [
      "nothing in the file and memory beyond 32-bit addresses",
      { ...load, filesz: 0, memsz: 0xfffff001 },
      "elf-segment",
    ],
  ])("is refused with a segment whose header claims %s", (_, segment, code) => {
    expect(() => read(elfOf([load, segment], 16))).toThrow(expect.objectContaining({ code }));
  });

  it("is refused where its segments load the same bytes to ever other addresses", () => {
    const segments = Array.from({ length: 2000 }, (_, i) => ({ address: i, offset: 0, filesz: 0x10000 }));
    expect(() => read(elfOf(segments, 0x10000))).toThrow(expect.objectContaining({ code: "image-too-large" }));
  });
});

describe("an ELF file's tables", () => {
  /** The sample with fields of 16 bits of its header replaced, by their offsets (System V ABI, "ELF Header"). */
  function changed(fields: { readonly [offset: number]: number }): Uint8Array {
    const bytes = sample();
    const view = new DataView(bytes.buffer);
    for (const [at, value] of Object.entries(fields)) view.setUint16(Number(at), value, true);
    return bytes;
  }
  const [PHENTSIZE, SHENTSIZE, SHNUM, SHSTRNDX] = [0x2a, 0x2e, 0x30, 0x32];

  it.each([
    ["program header of 31 bytes", { [PHENTSIZE]: 31 }, "program header"],
    ["section header of 39 bytes", { [SHENTSIZE]: 39 }, "section header"],
  ])("are refused with a %s", (_, fields, what) => {
    expect(() => readElf(changed(fields))).toThrow(
      expect.objectContaining({ code: "elf-truncated", message: expect.stringContaining(what), details: { what } }),
    );
  });

  it("may have entries of any size where they have none", () => {
    const elf = readElf(changed({ [SHENTSIZE]: 0, [SHNUM]: 0, [SHSTRNDX]: 0 }));
    expect([elf.sections, elf.symbols]).toEqual([[], []]);
  });

  it("have sections without names where the section of names does not exist, or has no bytes", () => {
    const { sections } = readElf(sample());
    const noBits = sections.findIndex(({ type }) => type === 8);
    for (const index of [sections.length, noBits]) {
      const nameless = readElf(changed({ [SHSTRNDX]: index })).sections;
      expect(nameless.map(({ name }) => name)).toEqual(sections.map(() => ""));
    }
  });

  it("have no symbols where their section of names does not exist, or has no bytes", () => {
    const { sections } = readElf(sample());
    const table = sections.findIndex(({ type }) => type === 2);
    const noBits = sections.findIndex(({ type }) => type === 8);
    for (const link of [sections.length, noBits]) {
      const bytes = sample();
      const view = new DataView(bytes.buffer);
      view.setUint32(view.getUint32(0x20, true) + table * 40 + 24, link, true);
      expect(readElf(bytes).symbols).toEqual([]);
    }
  });

  it("end where the program headers do", () => {
    const { headersEnd, segments } = readElf(sample());
    expect(headersEnd).toBe(52 + 32 * segments.length);
    expect(readElf(sectionless()).headersEnd).toBe(headersEnd);
  });

  it("are refused with what they lie in, and how long the file is, where they end behind it", () => {
    const bytes = sample().subarray(0, 51);
    expect(() => readElf(bytes)).toThrow(
      expect.objectContaining({ details: { what: "file header", offset: 0, size: 52, fileSize: 51 } }),
    );
  });

  it("are refused for another machine, which is named", () => {
    expect(() => readElf(changed({ 0x12: 62 }))).toThrow(
      expect.objectContaining({ message: expect.stringContaining("machine 62"), details: { machine: 62 } }),
    );
  });

  it.each([0, 1, 2, 3])("are none where byte %i of the magic word is another", (at) => {
    expect(() => readElf(withHeader(at, 0, 1))).toThrow(expect.objectContaining({ code: "image-format" }));
  });
});
