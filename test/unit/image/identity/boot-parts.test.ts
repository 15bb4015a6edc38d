import { describe, expect, it } from "vitest";
import { identifyImage } from "../../../../src/image/identity/identify.ts";
import { imxrtBase, imxrtParts } from "../../../../src/image/identity/parts/imxrt.ts";
import { kinetisParts } from "../../../../src/image/identity/parts/kinetis.ts";
import { lpcParts } from "../../../../src/image/identity/parts/lpc.ts";
import { mcubootHeaderLength, mcubootParts } from "../../../../src/image/identity/parts/mcuboot.ts";
import { rp2Parts } from "../../../../src/image/identity/parts/rp2.ts";
import { bootCrc, image, joined, withAt, words } from "./built.ts";

const blank = (length: number) => new Uint8Array(length).fill(0xff);
const at = (address: number, ...parts: readonly Uint8Array[]) => image([address, joined(...parts)]);

describe("an RP2350's IMAGE_DEF block", () => {
  /** Block start, IMAGE_TYPE item with its flags, and what follows it. */
  const BLOCK = words(0xffff_ded3, 0x1021_0142, 0, 0, 0);

  it.each([0, 4, 0xffc - 12])("is a part %i bytes behind the segment's beginning, and states the chip", (offset) => {
    const flash = withAt(new Uint8Array(0x2000), offset, BLOCK);
    const { family, parts } = identifyImage(image([0x1000_0000, flash]));
    expect(parts).toMatchObject([
      { name: "IMAGE_DEF block", address: 0x1000_0000 + offset, text: ["image type 0x1021"] },
    ]);
    expect(family).toMatchObject({ id: "rp2350", likelihood: "stated" });
  });

  it.each([
    ["behind the first 4 KB", withAt(new Uint8Array(0x2000), 0x1000, BLOCK)],
    ["between words", withAt(new Uint8Array(0x2000), 2, BLOCK)],
    ["of another first item", withAt(new Uint8Array(0x2000), 0, words(0xffff_ded3, 0x1021_0103))],
    ["in a file shorter than a block", BLOCK.subarray(0, 19)],
    ["whose first word is another", withAt(new Uint8Array(0x2000), 0, words(0xffff_ded2, 0x1021_0142))],
  ])("is none %s", (_, flash) => {
    expect(rp2Parts(at(0x1000_0000, flash))).toEqual([]);
  });

  it("is found in a file that ends with it", () => {
    expect(rp2Parts(at(0x1000_0000, BLOCK))).toHaveLength(1);
    expect(rp2Parts(at(0x1000_0000, new Uint8Array(12), BLOCK.subarray(0, 8)))).toHaveLength(1);
  });
});

describe("an RP2040's boot2", () => {
  it("is none of blank bytes, whatever their last word", () => {
    // The CRC of 252 bytes of FF, and of zeroes, by the boot ROM's polynomial.
    for (const [fill, crc] of [
      [0xff, bootCrc(new Uint8Array(252).fill(0xff))],
      [0, bootCrc(new Uint8Array(252))],
    ])
      expect(rp2Parts(at(0x1000_0000, withAt(new Uint8Array(256).fill(fill), 252, words(crc))))).toEqual([]);
  });

  it("is none where the file is one byte shorter", () => {
    const code = withAt(new Uint8Array(252), 0, words(0x4b32_b500));
    const boot2 = joined(code, words(bootCrc(code)));
    expect(rp2Parts(at(0x1000_0000, boot2))).toMatchObject([{ name: "boot2", address: 0x1000_0000, length: 256 }]);
    expect(rp2Parts(at(0x1000_0000, boot2.subarray(0, 255)))).toEqual([]);
  });
});

describe("an i.MX RT's boot header", () => {
  const FCB = words(0x4246_4346, 0x5601_0400);
  const IVT = words(0x4120_00d1, 0x6000_2000, 0, 0, 0x6000_1020, 0x6000_1000, 0, 0);

  it.each([0, 0x400])("has its FCB at %i", (offset) => {
    const flash = withAt(new Uint8Array(0x800), offset, FCB);
    expect(imxrtParts(at(0x6000_0000, flash))).toMatchObject([
      { name: "FCB", address: 0x6000_0000 + offset, text: [expect.stringContaining("0x56010400")] },
    ]);
  });

  it.each([0, 0x400, 0x1000])("has its image vector table at %i", (offset) => {
    const flash = withAt(new Uint8Array(0x1020), offset, IVT);
    expect(imxrtParts(at(0x6000_0000, flash))).toMatchObject([
      { name: "image vector table", address: 0x6000_0000 + offset },
    ]);
  });

  it.each([
    ["another FCB tag", withAt(FCB, 0, words(0x4246_4345))],
    ["half an FCB", FCB.subarray(0, 7)],
    ["another tag", withAt(IVT, 0, words(0x4120_00d2))],
    ["another length", withAt(IVT, 0, words(0x4121_00d1))],
    ["another version", withAt(IVT, 0, words(0x5020_00d1))],
    ["a table cut short", IVT.subarray(0, 31)],
  ])("is none with %s", (_, flash) => {
    expect(imxrtParts(at(0x6000_0000, flash))).toEqual([]);
  });

  it.each([0, 0x400, 0xc00, 0x1000])(
    "places a raw file whose table stands at %i by the table's own address",
    (offset) => {
      const table = withAt(IVT, 20, words(0x6000_0000 + offset));
      expect(imxrtBase(at(0, new Uint8Array(offset), table))).toBe(0x6000_0000);
    },
  );

  it("places no raw file by a table that lies below its own place, and one at 0 by its own place", () => {
    expect(imxrtBase(at(0, new Uint8Array(0x400), withAt(IVT, 20, words(0x3ff))))).toBeUndefined();
    expect(imxrtBase(at(0, new Uint8Array(0x400), withAt(IVT, 20, words(0x400))))).toBe(0);
  });
});

describe("Kinetis' flash configuration field", () => {
  const OPEN = withAt(blank(16), 12, words(0xffff_fffe));
  const field = (bytes: Uint8Array, family?: "kinetis" | "stm32") =>
    kinetisParts(image([0x400, bytes]), { vectors: [], ...(family && { family }) });

  it("is a part where the key and the protection are blank and security leaves the chip open", () => {
    const part = { name: "flash configuration field", address: 0x400, length: 16, family: "kinetis" };
    expect(field(OPEN)).toMatchObject([part]);
    expect(field(OPEN, "kinetis")).toMatchObject([part]);
    // SEC alone counts, bits 1 and 0 (K24 sub-family reference manual, FSEC).
    expect(field(withAt(OPEN, 12, Uint8Array.of(0x02)))).toMatchObject([part]);
  });

  it.each([0, 5, 11])("is none where byte %i is not blank", (place) => {
    expect(field(withAt(OPEN, place, Uint8Array.of(0xfe)))).toEqual([]);
  });

  it.each([0xff, 0xfd, 0xfc])("is none with the security byte %i, which closes the chip", (security) => {
    expect(field(withAt(OPEN, 12, Uint8Array.of(security)))).toEqual([]);
  });

  it("is none in an image for another family, and where the image ends inside of it", () => {
    expect(field(OPEN, "stm32")).toEqual([]);
    expect(field(OPEN.subarray(0, 15))).toEqual([]);
  });
});

describe("an LPC's words for its boot ROM", () => {
  const crp = (word: number, family?: "lpc" | "stm32") =>
    lpcParts(image([0x2fc, words(word)]), { vectors: [], ...(family && { family }) });

  it.each([
    [0x4e69_7370, /^NO_ISP/],
    [0x1234_5678, /^CRP1.*may still erase and write/],
    [0x8765_4321, /^CRP2.*only erase everything/],
    [0x4321_8765, /^CRP3.*nothing opens the chip/],
  ])("have the read protection %i in words", (word, meaning) => {
    expect(crp(word)).toMatchObject([
      { name: "CRP word", address: 0x2fc, family: "lpc", security: [expect.stringMatching(meaning)] },
    ]);
  });

  it("hold no read protection where the word is blank, of an LPC alone, and no weight for it", () => {
    expect(crp(0xffff_ffff, "lpc")).toEqual([
      { name: "CRP word", address: 0x2fc, length: 4, text: ["0xFFFFFFFF"], security: ["no code read protection"] },
    ]);
    expect(crp(0xffff_ffff)).toEqual([]);
    expect(crp(0xffff_ffff, "stm32")).toEqual([]);
    expect(crp(0x1234_5679, "lpc")).toEqual([]);
    expect(lpcParts(image([0x2fc, new Uint8Array(3)]), { vectors: [] })).toEqual([]);
  });

  it("have a vector checksum where the first eight words add up to zero and the eighth is not zero", () => {
    const vectors = [{ address: 0x100, stack: 0, reset: 0 }];
    const checksum = (...table: readonly number[]) => lpcParts(image([0x100, words(...table)]), { vectors });
    const sum = (0x1_0000_0000 - 0x1000_2000 - 0x201 - 0x203) >>> 0;
    expect(checksum(0x1000_2000, 0x201, 0x203, 0, 0, 0, 0, sum)).toMatchObject([
      { name: "vector checksum", address: 0x11c, length: 4, family: "lpc" },
    ]);
    expect(checksum(0x1000_2000, 0x201, 0x203, 0, 0, 0, 0, sum + 1)).toEqual([]);
    expect(checksum(0x1000_2000, 0x201, 0x203, sum, 0, 0, 0, 0)).toEqual([]);
    expect(checksum(0x1000_2000, 0x201, 0x203, 0, 0, 0, sum)).toEqual([]);
  });
});

describe("MCUboot's header", () => {
  const SIZE = 0x40;
  /** Magic, load address, header length and protected length, image size, flags, version. */
  const header = (magic = 0x96f3_b83d, protectedLength = 0) =>
    withAt(new Uint8Array(0x20), 0, words(magic, 0, 0x20 + protectedLength * 0x1_0000, SIZE, 0, 0x0003_0201, 7));
  const tlv = (type: number, length: number) => joined(words(length * 0x1_0000 + type), new Uint8Array(length));
  const area = (magic: number, ...tlvs: readonly Uint8Array[]) => {
    const all = joined(...tlvs);
    return joined(words((all.length + 4) * 0x1_0000 + magic), all);
  };
  const tlvLine = (...parts: readonly Uint8Array[]) => mcubootParts(at(0xc000, ...parts))[0].text[1];

  it.each([0x96f3_b83d, 0x96f3_b83c])("is a part by its magic word %i", (magic) => {
    expect(mcubootParts(at(0xc000, header(magic)))).toMatchObject([
      {
        name: "MCUboot header",
        address: 0xc000,
        length: 0x20,
        text: [expect.stringMatching(/^version 1\.2\.3\+7, 64 bytes of program from 0x0000C020/), expect.anything()],
      },
    ]);
    expect(mcubootHeaderLength(at(0, header(magic)), 0)).toBe(0x20);
  });

  it("is none with another word, and where the image ends inside of it", () => {
    expect(mcubootParts(at(0xc000, header(0x96f3_b83e)))).toEqual([]);
    expect(mcubootParts(at(0xc000, header().subarray(0, 31)))).toEqual([]);
  });

  it.each([
    [0x01, "key hash"],
    [0x10, "SHA-256"],
    [0x20, "RSA-2048 signature"],
    [0x24, "Ed25519 signature"],
    [0x50, "security counter"],
    [0x99, "type 0x99"],
    [0x09, "type 0x09"],
  ])("has TLV %i behind its image in words", (type, name) => {
    expect(tlvLine(header(), new Uint8Array(SIZE), area(0x6907, tlv(type, 8)))).toBe(`TLVs: ${name}`);
  });

  it("names no two TLVs alike", () => {
    const types = Array.from({ length: 0x70 }, (_, type) => type);
    const names = types.map((type) => tlvLine(header(), new Uint8Array(SIZE), area(0x6907, tlv(type, 0))));
    expect(new Set(names).size).toBe(types.length);
    expect(names).not.toContain("TLVs: ");
  });

  it("has the TLVs of a protected area, and of the one behind it", () => {
    const both = [area(0x6908, tlv(0x50, 4)), area(0x6907, tlv(0x10, 32), tlv(0x22, 70))];
    expect(tlvLine(header(0x96f3_b83d, 12), new Uint8Array(SIZE), ...both)).toBe(
      "TLVs: security counter, SHA-256, ECDSA signature",
    );
  });

  it.each([
    ["nothing", []],
    ["an area with another magic word", [area(0x6906, tlv(0x10, 32))]],
    ["a protected area that the header does not name", [area(0x6908, tlv(0x10, 32))]],
    ["half the area's head", [words(0x0024_6907).subarray(0, 3)]],
    ["an area without entries", [area(0x6907)]],
  ])("has no TLVs with %s behind its image, and MCUboot will not start it", (_, behind) => {
    expect(tlvLine(header(), new Uint8Array(SIZE), ...behind)).toMatch(/^no TLVs.*will not start it$/);
  });

  it("has TLVs up to where the file is cut, and 32 at most", () => {
    const cut = joined(area(0x6907, tlv(0x10, 32), tlv(0x22, 70))).subarray(0, 4 + 36 + 3);
    expect(tlvLine(header(), new Uint8Array(SIZE), cut)).toBe("TLVs: SHA-256");
    const many = area(0x6907, ...Array.from({ length: 40 }, () => tlv(0x10, 0)));
    expect(tlvLine(header(), new Uint8Array(SIZE), many).split(", ")).toHaveLength(32);
  });
});
