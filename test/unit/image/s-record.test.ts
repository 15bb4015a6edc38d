import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSRecord } from "../../../src/image/s-record.ts";
import { writeSrec } from "../../../src/image/write-srec.ts";
import { anyImage, file, fixture, memoryOf } from "./images.ts";

const read = (text: string, offset = 0) => readSRecord(file(text), "f.srec", offset);

describe("S-records", () => {
  it("has two, three or four address bytes in S1, S2 and S3", () => {
    const image = read("S104300001CA\nS20508000002F0\nS3062000000003D6\n");
    expect(memoryOf(image)).toEqual([
      { address: 0x3000, bytes: [1] },
      { address: 0x80000, bytes: [2] },
      { address: 0x20000000, bytes: [3] },
    ]);
  });

  it("takes the start address from the end record and adds the offset", () => {
    const image = read("S104300001CA\nS9030411E7\n", 0x100);
    expect([image.segments[0].address, image.entry]).toEqual([0x3100, 0x511]);
  });

  it("names no start address where the end record holds 0", () => {
    expect(read("S104300001CA\nS9030000FC\n", 0x100).entry).toBeUndefined();
  });

  it("notes a missing end record", () => {
    expect(read("S104300001CA\n").findings).toEqual([
      { id: "file-cut-short", what: expect.stringContaining("without an end record"), incomplete: true },
    ]);
  });

  it.each([
    ["a wrong checksum", "S104300001CB", "srec-checksum"],
    ["a record cut short", "S104300001", "srec-record"],
    ["the reserved type S4", "S404300001CA", "srec-record"],
    ["a line that is no record", ":00000001FF", "srec-record"],
    ["a letter that is no digit", "S104300X01CA", "srec-record"],
    ["a count of other records than there are", "S5030004F8", "srec-record"],
  ])("refuses %s and names the line", (_, line, code) => {
    expect(() => read(`S104300001CA\n${line}\n`)).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining({ line: 2 }) }),
    );
  });

  it("takes lower case, an S0 header, and start addresses of S7 and S8", () => {
    expect(memoryOf(read("s104300001ca\n"))).toEqual([{ address: 0x3000, bytes: [1] }]);
    expect(memoryOf(read("S0030000FC\nS104300001CA\n"))).toEqual([{ address: 0x3000, bytes: [1] }]);
    expect(read("S104300001CA\nS70500000411E5\n").entry).toBe(0x411);
    expect(read("S104300001CA\nS804000411E6\n").entry).toBe(0x411);
  });

  it("takes a data record without data, which counts as one", () => {
    expect(memoryOf(read("S104300001CA\nS1034000BC\nS5030002FA\n"))).toEqual([{ address: 0x3000, bytes: [1] }]);
  });

  it.each([
    ["of two bytes, S5", "S5030002FA"],
    ["of three bytes, S6", "S604000002F9"],
  ])("lets a right count of records pass, %s, however they are read", (_, count) => {
    expect(read(`S104300001CA\ns104300102c8\n${count}\nS9030000FC\n`).findings).toBeUndefined();
  });

  it("takes the count of 65,536 records as 0", () => {
    const records = Array.from({ length: 0x10000 }, () => "S104300001CA").join("\n");
    expect(() => read(`${records}\nS5030000FC\n`)).not.toThrow();
    expect(() => read(`${records}\nS5030001FB\n`)).toThrow(expect.objectContaining({ code: "srec-record" }));
  });

  it("names the right checksum where a record has a wrong one", () => {
    expect(() => read("S104300001CB\n")).toThrow(
      expect.objectContaining({
        message: "S-record line 1: checksum 0xCB, but the bytes give 0xCA",
        details: { line: 1, stated: "0xCB", computed: "0xCA" },
      }),
    );
  });

  it.each([
    ["type alone", "S1"],
    ["a letter alone", "S"],
    ["no byte but its length", "S100FF"],
    ["fewer bytes than its address has", "S3040000AB50"],
    ["more than its length", "S104300001CA00"],
    ["the type /", "S/04300001CA"],
    ["the type :", "S:04300001CA"],
    ["the letter T", "T104300001CA"],
  ])("refuses a record of %s", (_, line) => {
    expect(() => read(`S104300001CA\n${line}\n`)).toThrow(
      expect.objectContaining({ code: "srec-record", details: { line: 2 } }),
    );
  });

  it("refuses a second file behind the first one's end, rather than to lose it", () => {
    expect(() => read("S104300001CA\nS9030000FC\nS104300102C8\n")).toThrow(/line 3.*two files/);
  });

  it("reads what objcopy and srec_cat write of one ELF file as one image", () => {
    const [objcopy, srecCat] = ["sample.srec", "sample-srec-cat.s28"].map((name) => readSRecord(fixture(name), name));
    expect(memoryOf(srecCat)).toEqual(memoryOf(objcopy));
    expect([objcopy.entry, srecCat.entry]).toEqual([0x411, 0x411]);
  });

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(anyImage(), (image) => {
        expect(memoryOf(readSRecord(file(writeSrec(image)), "f.srec"))).toEqual(memoryOf(image));
      }),
    );
  });
});
