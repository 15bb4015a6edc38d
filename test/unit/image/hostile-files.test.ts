import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ImageError } from "../../../src/image/image.ts";
import { readIntelHex } from "../../../src/image/intel-hex.ts";
import { readImage } from "../../../src/image/read-image.ts";
import { readSRecord } from "../../../src/image/s-record.ts";
import { writeHex } from "../../../src/image/write-hex.ts";
import { writeSrec } from "../../../src/image/write-srec.ts";
import { anyImage, file, memoryOf } from "./images.ts";

const DATA = ":0300300002337A1E";
const END = ":00000001FF";
const WANTED = [{ address: 0x30, bytes: [2, 0x33, 0x7a] }];
const readHex = (text: string) => readIntelHex(file(text), "f.hex");

describe("odd text files", () => {
  it.each([
    ["CR alone", `${DATA}\r${END}\r`],
    ["CRLF", `${DATA}\r\n${END}\r\n`],
    ["mixed line ends", `\n\r${DATA}\r\r\n${END}`],
    ["a byte order mark", `\ufeff${DATA}\n${END}\n`],
    ["blanks around records", ` \t${DATA} \n\t${END}\t \n`],
    ["a comment of one megabyte", `;${"x".repeat(0x100000)}\n${DATA}\n${END}\n`],
  ])("with %s are read", (_, text) => {
    expect(memoryOf(readHex(text))).toEqual(WANTED);
  });

  it.each([
    ["one line of 1 MB of digits", `:${"0".repeat(0x100000)}`, "hex-record", 1],
    ["one line of 1 MB without a record", "z".repeat(0x100000), "hex-record", 1],
    ["a NUL byte in a record", `${DATA}\n:01000000\0FE\n${END}`, "hex-record", 2],
    ["NUL bytes behind the end record", `${DATA}\n${END}\n\0\0\0\0`, "hex-record", 3],
    ["text behind the end record", `${DATA}\r\n${END}\r\ntrailing`, "hex-record", 3],
    ["a record behind the end record", `${DATA}\r${END}\r${DATA}`, "hex-record", 3],
    ["letters beyond ASCII in a record", `${DATA}\n:01000000é1FE\n${END}`, "hex-record", 2],
  ])("with %s are refused with the line's number", (_, text, code, line) => {
    expect(() => readHex(text)).toThrow(expect.objectContaining({ code, details: expect.objectContaining({ line }) }));
  });

  it("as UTF-16 of either byte order are read", () => {
    for (const byteOrder of [
      [0, 1],
      [1, 0],
    ] as const) {
      const units = Array.from(`\ufeff${DATA}\n${END}`, (c) => [c.charCodeAt(0) & 0xff, c.charCodeAt(0) >> 8]);
      expect(memoryOf(readIntelHex(Uint8Array.from(units.flatMap((u) => byteOrder.map((i) => u[i]))), "f"))).toEqual(
        WANTED,
      );
    }
  });

  it("are the same image where a blank before each record keeps the quick way from being taken", () => {
    fc.assert(
      fc.property(anyImage(), (image) => {
        const slow = (text: string) => file(text.replaceAll(/^/gm, " "));
        expect(memoryOf(readIntelHex(slow(writeHex(image)), "f"))).toEqual(memoryOf(image));
        expect(memoryOf(readSRecord(slow(writeSrec(image)), "f"))).toEqual(memoryOf(image));
      }),
    );
  });
});

describe("any damage to a text file", () => {
  const spoilt = fc.oneof(
    fc.constantFrom("\0", "\r", "\n", ":", "S", "\ufeff", "\u001a", ";", "é", " "),
    fc.string({ minLength: 1, maxLength: 3 }),
  );

  it.each([
    ["f.hex", writeHex],
    ["f.srec", writeSrec],
  ] as const)("of %s ends in an image or an ImageError", (name, write) => {
    fc.assert(
      fc.property(anyImage(), fc.array(fc.tuple(fc.nat(), spoilt), { minLength: 1, maxLength: 4 }), (image, spots) => {
        let text = write(image);
        for (const [at, put] of spots) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + (at % 3));
        }
        try {
          readImage(file(text), { name });
        } catch (error) {
          expect(error).toBeInstanceOf(ImageError);
        }
      }),
      { numRuns: 400 },
    );
  });
});
