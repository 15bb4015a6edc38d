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
