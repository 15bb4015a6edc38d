import { describe, expect, it } from "vitest";
import { findChip } from "../../../src/chips/list.ts";
import { explainDifferences } from "../../../src/doctor/differences.ts";
import { byteAt, type DifferenceInput, evidenceOf } from "../../../src/doctor/evidence.ts";
import { placesOf } from "../../../src/doctor/places.ts";
import { shiftCandidates, shiftFit } from "../../../src/doctor/shift.ts";
import type { Difference } from "../../../src/flash/verify.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import { fsecInput, inputAfter, K24, noise, noisyImage } from "./inputs.ts";

const difference = (address: number, expected: readonly number[], actual?: readonly number[]): Difference => ({
  address,
  expected: Uint8Array.from(expected),
  actual: actual && Uint8Array.from(actual),
});
const at = (address: number, bytes: Uint8Array) =>
  buildImage({ format: "raw", segments: [{ name: "f", address, bytes }] });

describe("the differing byte at an address", () => {
  const list = [
    difference(0x10, [1, 2, 3], [1, 9, 3]),
    difference(0x20, [4]),
    difference(0x30, [5, 6], [7, 8]),
    difference(0x40, [1], [2]),
  ];

  it.each([
    [0x0f, undefined],
    [0x10, undefined],
    [0x11, { address: 0x11, expected: 2, actual: 9 }],
    [0x12, undefined],
    [0x13, undefined],
    [0x1f, undefined],
    [0x20, { address: 0x20, expected: 4, actual: undefined }],
    [0x21, undefined],
    [0x30, { address: 0x30, expected: 5, actual: 7 }],
    [0x31, { address: 0x31, expected: 6, actual: 8 }],
    [0x32, undefined],
    [0x40, { address: 0x40, expected: 1, actual: 2 }],
    [0x41, undefined],
  ])("%i: %j", (address, byte) => expect(byteAt(list, address)).toEqual(byte));

  it("is none where nothing differs", () => expect(byteAt([], 0)).toBeUndefined());
});

describe("evidence of a verify", () => {
  const input: DifferenceInput = {
    chip: K24,
    image: at(0x10, Uint8Array.of(1, 2, 3, 4)),
    differences: [difference(0x11, [2, 3], [2, 9]), difference(0x13, [4])],
  };

  it("counts bytes that differ, and not those of a run that are right", () => {
    const { count, bytes } = evidenceOf(input);
    expect(count).toBe(2);
    expect(bytes).toEqual([
      { address: 0x12, expected: 3, actual: 9 },
      { address: 0x13, expected: 4, actual: undefined },
    ]);
  });

  it("has the chip's byte where it differs, the image's where it does not, and none elsewhere", () => {
    const { chipByte } = evidenceOf(input);
    expect([0x10, 0x11, 0x12, 0x13, 0x14, 0x0f].map(chipByte)).toEqual([1, 2, 9, undefined, undefined, undefined]);
  });

  it("has the history and the changes that were given, or none", () => {
    expect(evidenceOf(input)).toMatchObject({ history: {}, changes: [] });
    expect(evidenceOf({ ...input, history: { locked: true } }).history).toEqual({ locked: true });
  });

  it.each([
    [4096, 4096],
    [4097, 1366],
    [8192, 2731],
    [12288, 4096],
  ])("of %i bytes looks at %i, evenly spread", (count, looked) => {
    const bytes = new Uint8Array(count).fill(1);
    const differences = [{ address: 0x1000, expected: bytes, actual: new Uint8Array(count).fill(2) }];
    const evidence = evidenceOf({ chip: K24, image: at(0x1000, bytes), differences });
    expect(evidence.count).toBe(count);
    expect(evidence.bytes).toHaveLength(looked);
    const step = evidence.bytes[1].address - evidence.bytes[0].address;
    expect(evidence.bytes.every(({ address }, i) => address === 0x1000 + i * step)).toBe(true);
  });

  it("always looks at a field that can close the chip", () => {
    const bytes = new Uint8Array(0x3000).fill(1);
    const differences = [{ address: 0, expected: bytes, actual: new Uint8Array(0x3000).fill(2) }];
    const { bytes: looked } = evidenceOf({ chip: K24, image: at(0, bytes), differences });
    expect(looked.some(({ address }) => address === 0x40c)).toBe(true);
    expect(looked.some(({ address }) => address === 0x40b)).toBe(0x40b % 3 === 0);
  });

  it("has a field that can close the chip where it differs and can be read", () => {
    const fieldsOf = (input: DifferenceInput) =>
      evidenceOf(input).fields.map(({ field, image, chip }) => [field.name, image, chip]);
    expect(fieldsOf(fsecInput(0x7b, 0x7a))).toEqual([["FSEC", 0x7b, 0x7a]]);
    expect(fieldsOf({ ...fsecInput(0x7b, 0x7a), differences: [difference(0x40c, [0x7b])] })).toEqual([]);
    expect(fieldsOf({ ...fsecInput(0x7b, 0x7a), differences: [difference(0x40b, [0xff], [0])] })).toEqual([]);
  });
});

describe("the summary of differences", () => {
  const image = noisyImage(0x2000, 0x7b);
  const wanted = image.segments[0].bytes;
  const summary = (...addresses: readonly number[]) =>
    explainDifferences(
      inputAfter(image, (chip) => {
        for (const address of addresses) chip[address] ^= 1;
        return chip;
      }),
    ).summary;

  it("names one byte, or how many and the first", () => {
    expect(summary(0x900)).toBe("One byte differs, at 0x00000900.");
    expect(summary(0x900, 0x910)).toBe("2 bytes differ, the first at 0x00000900.");
  });

  it("names the field that can close the chip, alone or among others", () => {
    expect(summary(0x40c)).toBe("One byte differs, 0x0000040C: FSEC image 0x7B (secured) chip 0x7A (open).");
    expect(summary(0x40c, 0x900)).toMatch(/^2 bytes differ, the first at 0x0000040C; among them FSEC image 0x7B/);
    expect(summary(0x408)).toBe("One byte differs, at 0x00000408.");
  });

  it("explains the other bytes without the field that is explained on its own", () => {
    const input = inputAfter(image, (chip) => chip.with(0x40c, 0x7a).with(0x900, wanted[0x900] ^ 0x10));
    const causes = explainDifferences(input).causes.map(({ id }) => id);
    expect(causes).toContain("loader-kept-open");
    expect(causes.at(-1)).toBe("stuck-bits");
    const alone = explainDifferences(inputAfter(image, (chip) => chip.with(0x40c, 0x7a)));
    expect(alone.causes.map(({ id }) => id)).not.toContain("unknown");
  });

  it("has unknown with its remedies where nothing fits", () => {
    const input = inputAfter(image, (chip) => chip.with(0x900, wanted[0x900] ^ 0xff).with(0xa01, wanted[0xa01] ^ 0x5a));
    expect(explainDifferences(input).causes).toMatchObject([
      { id: "unknown", likelihood: "possible", for: [], against: [] },
    ]);
    expect(explainDifferences(input).causes[0].remedy.map(({ act }) => act)).toEqual([
      "lower-speed-and-verify",
      "program-once-more",
    ]);
  });

  it("has no family's causes for a chip of a family that has none", () => {
    const chip = findChip("STM32F407VG");
    const differences = [difference(0x0800_0000, [1], [2])];
    const { causes } = explainDifferences({ chip, image: at(0x0800_0000, Uint8Array.of(1)), differences });
    expect(causes.length).toBeGreaterThan(0);
  });
});

describe("security bytes that differ", () => {
  const fields = (input: DifferenceInput) => explainDifferences(input).fields;

  it("are in words with both values, and the bits whose values differ", () => {
    const [fsec] = fields(fsecInput(0x7b, 0x7a));
    expect(fsec).toMatchObject({ name: "FSEC", address: 0x40c, image: 0x7b, chip: 0x7a });
    expect(fsec.text).toBe("FSEC image 0x7B (secured) chip 0x7A (open)");
    expect(fsec.parts).toHaveLength(1);
    expect(fsec.parts[0]).toMatch(/^SEC 3 \(.+\) -> 2 \(.+\)$/);
  });

  it("that can't be read are called unreadable, and have no bits", () => {
    const [fsec] = fields({ ...fsecInput(0x7b, 0), differences: [difference(0x40c, [0x7b])] });
    expect(fsec).toMatchObject({ chip: undefined, parts: [], text: "FSEC image 0x7B (secured) chip unreadable" });
  });

  it("of a field of several bytes are bytes, without bits", () => {
    const [byte] = fields({ ...fsecInput(0x7b, 0), differences: [difference(0x409, [0xff], [0xfe])] });
    expect(byte).toMatchObject({ address: 0x409, parts: [] });
    expect(byte.text).toMatch(/ image 0xFF chip 0xFE$/);
  });
});

describe("distances that an image may lie beside its place", () => {
  const evidence = (by: number, bytes = noise(0x400, 5)) => {
    const image = at(0x1000, bytes);
    const held = Uint8Array.from({ length: bytes.length }, (_, i) => bytes[i - by] ?? 0xee);
    return evidenceOf({ chip: K24, image, differences: [{ address: 0x1000, expected: bytes, actual: held }] });
  };

  it.each([4, -4, 0x80, -0x81])("are found by the chip's bytes: %i is the first", (by) => {
    const found = evidence(by);
    expect(shiftCandidates(found)[0]).toBe(by);
    expect(shiftFit(found.bytes, found.image, by)).toBeGreaterThan(0.95);
    expect(shiftFit(found.bytes, found.image, by + 1)).toBeLessThan(0.1);
  });

  it("are none where the chip's bytes have less than four values", () => {
    const few = (values: number) => Uint8Array.from({ length: 0x400 }, (_, i) => i % values);
    expect(shiftCandidates(evidence(1, few(3)))).toEqual([]);
    expect(shiftCandidates(evidence(1, few(4))).length).toBeGreaterThan(0);
  });

  it("are none where the chip's bytes can't be read", () => {
    const bytes = noise(0x40, 5);
    const differences = [{ address: 0x1000, expected: bytes, actual: undefined }];
    expect(shiftCandidates(evidenceOf({ chip: K24, image: at(0x1000, bytes), differences }))).toEqual([]);
  });

  it("fit nothing where the image has less than a quarter of the bytes", () => {
    const image = at(
      0x1000,
      Uint8Array.from({ length: 64 }, (_, i) => i),
    );
    const bytes = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ address: 0x1000 + i, expected: 0, actual: i }));
    expect(shiftFit(bytes(256), image, 0)).toBe(1);
    expect(shiftFit(bytes(257), image, 0)).toBe(0);
  });
});

describe("places of differences", () => {
  const one = (address: number): Difference => difference(address, [1, 2], [3, 4]);
  const symbols = [
    { name: ".text", kind: "section", address: 0x1000, length: 0x100 },
    { name: "outer", kind: "function", address: 0x1000, length: 0x40 },
    { name: "inner", kind: "function", address: 0x1010, length: 0x10 },
    { name: "lone", kind: "object", address: 0x3000, length: 4 },
  ] as const;

  it("are the narrowest symbol's, from its first byte to its last", () => {
    const of = (address: number) => placesOf([one(address)], symbols)[0];
    expect(of(0x1010)).toEqual({
      address: 0x1010,
      length: 2,
      section: ".text",
      symbol: "inner",
      offset: 0,
      text: "0x00001010 in inner (.text)",
    });
    expect(of(0x101f)).toMatchObject({ symbol: "inner", offset: 15, text: "0x0000101F in inner+0xF (.text)" });
    expect(of(0x1020)).toMatchObject({ symbol: "outer", offset: 0x20 });
    expect(of(0x100f)).toMatchObject({ symbol: "outer", offset: 15 });
    expect(of(0x1040)).toEqual({ address: 0x1040, length: 2, section: ".text", text: "0x00001040 in .text" });
    expect(of(0x0fff)).toEqual({ address: 0xfff, length: 2, text: "0x00000FFF" });
    expect(of(0x3000)).toMatchObject({ symbol: "lone", text: "0x00003000 in lone" });
    expect(of(0x3000)).not.toHaveProperty("section");
  });

  it("are 64 at most", () => {
    const all = Array.from({ length: 65 }, (_, i) => one(0x1000 + i * 4));
    expect(placesOf(all, symbols)).toHaveLength(64);
    expect(placesOf(all.slice(0, 64), symbols)).toHaveLength(64);
  });
});
