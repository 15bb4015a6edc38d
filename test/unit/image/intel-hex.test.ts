import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readIntelHex } from "../../../src/image/intel-hex.ts";
import { writeHex } from "../../../src/image/write-hex.ts";
import { anyImage, file, fixture, memoryOf } from "./images.ts";

const END = ":00000001FF\n";
const read = (text: string, offset = 0) => readIntelHex(file(text), "f.hex", offset);

describe("Intel HEX", () => {
  it("puts data at its offset", () => {
    expect(memoryOf(read(`:0300300002337A1E\n${END}`))).toEqual([{ address: 0x30, bytes: [2, 0x33, 0x7a] }]);
  });

  it("adds a linear base (type 04) and a segment base (type 02)", () => {
    expect(read(`:020000040008F2\n:0100000001FE\n${END}`).segments[0].address).toBe(0x80000);
    expect(read(`:0200000280007C\n:0100000001FE\n${END}`).segments[0].address).toBe(0x80000);
  });

  it("wraps offsets at 64 KB under a segment base only", () => {
    const data = ":02FFFF000102FD\n";
    expect(memoryOf(read(`:020000021000EC\n${data}${END}`))).toEqual([
      { address: 0x10000, bytes: [2] },
      { address: 0x1ffff, bytes: [1] },
    ]);
    expect(memoryOf(read(`:020000040001F9\n${data}${END}`))).toEqual([{ address: 0x1ffff, bytes: [1, 2] }]);
  });

  it("keeps the start address of types 05 and 03", () => {
    expect(read(`:0400000500000411E2\n:0100000001FE\n${END}`).entry).toBe(0x411);
    expect(read(`:0400000310000011D8\n:0100000001FE\n${END}`).entry).toBe(0x10011);
  });

  it("adds the offset to data and start address", () => {
    const moved = read(`:0400000500000411E2\n:0100000001FE\n${END}`, 0x5000);
    expect([moved.segments[0].address, moved.entry]).toEqual([0x5000, 0x5411]);
  });

  it("lets comments, blank lines, a byte order mark, any line end and lower case pass", () => {
    const text = "\ufeff# made by hand\r\n\r\n; again\r:0300300002337a1e\n// end\n:00000001ff\r\n\u001a";
    expect(memoryOf(read(text))).toEqual([{ address: 0x30, bytes: [2, 0x33, 0x7a] }]);
  });

  it("reads UTF-16, which a Windows shell's redirection writes", () => {
    const utf16 = Uint8Array.from([
      0xff,
      0xfe,
      ...Array.from(`:0300300002337A1E\n${END}`, (c) => [c.charCodeAt(0), 0]).flat(),
    ]);
    expect(readIntelHex(utf16, "f.hex").segments[0].address).toBe(0x30);
  });

  it("notes a missing end record", () => {
    expect(read(":0300300002337A1E\n").findings).toEqual([
      { id: "file-cut-short", what: expect.stringContaining("without an end record"), incomplete: true },
    ]);
    expect(read(`:0300300002337A1E\n${END}`).findings).toBeUndefined();
  });

  it.each([
    ["a wrong checksum", ":0300300002337A1F", "hex-checksum"],
    ["a record cut short", ":0300300002337A", "hex-record"],
    ["a record with more than its length", ":0300300002337A1E00", "hex-record"],
    ["a letter that is no digit", ":0300300002337G1E", "hex-record"],
    ["half a byte", ":0300300002337A1E0", "hex-record"],
    ["a line that is no record", "hello", "hex-record"],
    ["an unknown type", ":00000006FA", "hex-record"],
    ["a base of one byte", ":0100000400FB", "hex-record"],
  ])("refuses %s and names the line", (_, line, code) => {
    expect(() => read(`:0100000001FE\n\n${line}\n${END}`)).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining({ line: 3 }) }),
    );
  });

  it("names the right checksum where a record has a wrong one", () => {
    expect(() => read(":0300300002337A1F\n")).toThrow("Intel HEX line 1: checksum 0x1F, but the bytes give 0x1E");
  });

  it("refuses a second file behind the first one's end, rather than to lose it", () => {
    expect(() => read(`:0100000001FE\n${END}:0100010001FD\n`)).toThrow(/line 3.*two files/);
  });

  it("refuses a file without data", () => {
    expect(() => read(END)).toThrow(expect.objectContaining({ code: "image-empty" }));
  });

  it("reads what objcopy and srec_cat write of one ELF file as one image", () => {
    const ours = readIntelHex(fixture("sample.hex"), "sample.hex");
    expect(memoryOf(readIntelHex(fixture("sample-srec-cat.hex"), "s.hex"))).toEqual(memoryOf(ours));
    expect(ours.entry).toBe(0x411);
    expect(ours.segments.map(({ address, bytes }) => [address, bytes.length])).toEqual([
      [0, 8],
      [0x400, 0x24],
      [0x80000, 4],
    ]);
  });

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(anyImage(), fc.option(fc.nat(0x7fffffff), { nil: undefined }), (image, entry) => {
        const back = readIntelHex(file(writeHex({ ...image, ...(entry === undefined ? {} : { entry }) })), "f.hex");
        expect(memoryOf(back)).toEqual(memoryOf(image));
        expect(back.entry).toBe(entry);
      }),
    );
  });
});
