import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ImageError } from "../../../src/image/image.ts";
import { detectFormat, isImageName, nameFormat } from "../../../src/image/formats/file-format.ts";
import { readImage } from "../../../src/image/read-image.ts";
import { readUf2, Uf2 } from "../../../src/image/uf2.ts";
import { file, fixture, memoryOf } from "./images.ts";

const HEX = file(":0300300002337A1E\n:00000001FF\n");

describe("detecting the format", () => {
  it.each(["sample.elf", "sample.hex", "sample.srec", "sample-srec-cat.s28"])(
    "knows %s by its content alone",
    (name) => {
      const kind = { f: "elf", x: "hex", c: "srec", "8": "srec" }[name.at(-1)!];
      expect(detectFormat(fixture(name), { name: "firmware" })).toBe(kind);
    },
  );

  it("goes by the name where the content is text that starts with a comment", () => {
    expect(detectFormat(file("# hi\n"), { name: "a/b.IHEX" })).toBe("hex");
    expect(detectFormat(file("# hi\n"), { name: "b.mot" })).toBe("srec");
  });

  it("finds no format in an ending that every object of the language has", () => {
    expect(nameFormat("a.constructor")).toBeUndefined();
    expect(() => detectFormat(Uint8Array.of(1, 2, 3), { name: "a.constructor" })).toThrow(ImageError);
    expect(detectFormat(Uint8Array.of(1, 2, 3), { name: "a.constructor", address: 0 })).toBe("raw");
  });

  it("reads an ELF file called .hex as what it is", () => {
    expect(detectFormat(fixture("sample.elf"), { name: "wrong.hex" })).toBe("elf");
  });

  it.each([
    ["Intel HEX", HEX, "hex"],
    ["S-records", fixture("sample.srec"), "srec"],
    ["ELF", fixture("sample.elf"), "elf"],
  ] as const)("reads %s called .bin by its content, with a note", (_, bytes, format) => {
    const image = readImage(bytes, { name: "folder/a.bin" });
    expect(image.format).toBe(format);
    expect(image.findings).toEqual([
      { id: "file-format", what: expect.stringMatching(/^the name a\.bin says otherwise/), incomplete: false },
    ]);
  });

  it("refuses HEX called .bin at an address, where neither its text nor its own addresses can be meant", () => {
    expect(() => readImage(HEX, { name: "a.bin", address: 0 })).toThrow(
      expect.objectContaining({ code: "image-format", details: { file: "a.bin", content: "hex" } }),
    );
  });

  it("takes a .bin as raw by J-Link's rule, and notes the format of its content", () => {
    const image = readImage(HEX, { name: "a.bin", address: 0, nameDecides: true });
    expect([image.format, image.segments[0].bytes]).toEqual(["raw", HEX]);
    expect(image.findings?.[0].what).toMatch(/Intel HEX.*its bytes are taken as they are$/);
  });

  it.each(["bin", "hex", "ihex", "ihx", "srec", "s19", "s28", "s37", "mot", "s", "elf", "axf", "out", "uf2"])(
    "takes a file's name that ends in .%s for an image's, in any case",
    (ending) => {
      expect([isImageName(`a.${ending}`), isImageName(`folder.d/A.${ending.toUpperCase()}`)]).toEqual([true, true]);
      expect([isImageName(ending), isImageName(`a.${ending}.txt`), isImageName(`a.${ending}/b`)]).toEqual([
        false,
        false,
        false,
      ]);
    },
  );

  it.each([
    ["Intel HEX", HEX],
    ["S-records", fixture("sample.srec")],
    ["ELF", fixture("sample.elf")],
    ["UF2", Uint8Array.of(0x55, 0x46, 0x32, 0x0a)],
  ])("names %s where a file is called raw and an address is given", (words, bytes) => {
    expect(() => detectFormat(bytes, { name: "a.bin", address: 0 })).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`but holds ${words}`) }),
    );
  });

  it("notes nothing where a file's name has no format's ending", () => {
    expect(readImage(HEX, { name: "firmware" }).findings).toBeUndefined();
    expect(readImage(file("hello"), { name: "a.bin" }).findings).toBeUndefined();
  });

  it("looks behind comments for the first record", () => {
    expect(detectFormat(file(`# made by hand\n\n${new TextDecoder().decode(HEX)}`), { name: "a.bin" })).toBe("hex");
  });

  it("notes nothing where name and content agree", () => {
    expect(readImage(HEX, { name: "a.hex" }).findings).toBeUndefined();
  });

  it("takes an unknown file as raw only at a stated address", () => {
    const name = "firmware.dat";
    expect(detectFormat(file("hello"), { name, address: 0 })).toBe("raw");
    expect(() => detectFormat(file("hello"), { name })).toThrow(expect.objectContaining({ code: "image-format" }));
  });

  it("follows a given format", () => {
    expect(readImage(HEX, { name: "a.hex", format: "raw", address: 0x100 }).segments[0]).toEqual({
      name: "a.hex",
      address: 0x100,
      bytes: HEX,
    });
  });
});

describe("reading any file", () => {
  it("refuses an empty one", () => {
    expect(() => readImage(new Uint8Array(), { name: "a.hex" })).toThrow(
      expect.objectContaining({ code: "image-empty" }),
    );
  });

  it("gives bytes that slice copies, whatever array the host has read them into", () => {
    const { bytes } = readImage(Buffer.from([1, 2]), { name: "a.bin", address: 0 }).segments[0];
    bytes.slice()[0] = 9;
    expect([...bytes]).toEqual([1, 2]);
  });

  it("gives the raw dump of the same memory", () => {
    const raw = readImage(fixture("sample.bin"), { name: "sample.bin" });
    const elf = readImage(fixture("sample.elf"), { name: "sample.elf" });
    expect(memoryOf(raw)[0].bytes.slice(0x400)).toEqual(memoryOf(elf)[1].bytes);
  });

  it.each(["sample.elf", "sample.hex", "sample.srec"])(
    "gives an image or an ImageError for every damage to %s",
    (name) => {
      const whole = fixture(name);
      const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(damage, fc.nat(whole.length), (changes, length) => {
          const bytes = whole.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          expectImageOrError(length % 3 === 0 ? bytes.subarray(0, length) : bytes, name);
        }),
        { numRuns: 500 },
      );
    },
  );

  it("gives an image or an ImageError for headers full of any numbers", () => {
    const whole = fixture("sample.elf");
    const field = fc.nat(0x1f).map((i) => (i < 14 ? i * 4 : 0x31c8 + i * 4));
    fc.assert(
      fc.property(field, fc.nat(0xffffffff), (at, value) => {
        const bytes = whole.slice();
        new DataView(bytes.buffer).setUint32(at, value, true);
        expectImageOrError(bytes, "sample.elf");
      }),
      { numRuns: 500 },
    );
  });

  it("gives an image or an ImageError for any bytes at all", () => {
    const names = fc.constantFrom("a.hex", "a.srec", "a.elf", "a.uf2", "a");
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), names, (bytes, name) => expectImageOrError(bytes, name)));
  });
});

describe("UF2", () => {
  const block = (address: number, length: number, flags = 0) => {
    const bytes = new Uint8Array(Uf2.blockSize).fill(address >> 8);
    const view = new DataView(bytes.buffer);
    const words = [Uf2.firstMagic, Uf2.secondMagic, flags, address, length, 0, 1, 0];
    for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
    view.setUint32(508, Uf2.lastMagic, true);
    return [...bytes];
  };

  it.each([0, 4, 508])("refuses a block whose magic word at %i is another", (at) => {
    expect(() => readUf2(Uint8Array.from(block(0x100, 256).with(at, 0)), "f")).toThrow(
      expect.objectContaining({ code: "uf2-block", details: { block: 0 } }),
    );
  });

  it("takes a payload of 476 bytes", () => {
    expect(readUf2(Uint8Array.from(block(0x100, 476)), "f").segments[0].bytes.length).toBe(476);
  });

  it("joins its blocks and leaves out those for other memory", () => {
    const image = readUf2(Uint8Array.from([...block(0x200, 256), ...block(0x100, 256), ...block(0, 256, 1)]), "f.uf2");
    expect(image.segments.map(({ address, bytes }) => [address, bytes.length])).toEqual([[0x100, 512]]);
  });

  it("refuses a block cut short, with too much in it, or with the wrong magic, and names the fault", () => {
    const good = block(0x100, 256);
    for (const bad of [good.slice(1), block(0x100, 477), good.with(508, 0)]) {
      expect(() => readUf2(Uint8Array.from([...good, ...bad]), "f")).toThrow(
        expect.objectContaining({ code: "uf2-block", details: { block: 1 } }),
      );
    }
  });
});

function expectImageOrError(bytes: Uint8Array, name: string): void {
  try {
    expect(readImage(bytes, { name }).segments.length).toBeGreaterThan(0);
  } catch (error) {
    expect(error).toBeInstanceOf(ImageError);
  }
}
