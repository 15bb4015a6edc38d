import { describe, expect, it } from "vitest";
import { beyondChip, foreignFamily, imageFields } from "../../../../../src/doctor/logs/families/image-fit.ts";
import { buildImage } from "../../../../../src/image/build-image.ts";
import type { ImageFamilyId } from "../../../../../src/image/identity/families.ts";
import { UF2_FAMILIES } from "../../../../../src/image/identity/uf2-families.ts";
import type { ImageFormat } from "../../../../../src/image/image.ts";
import { program } from "../../../image/identity/built.ts";
import { diagnosisOf, type Line, readingOf } from "../log-of.ts";

const KINETIS = { chip: "MK24FN1M0XXX12" };
const STM32 = { chip: "STM32F407VG" };

const imageOf = (address: number, bytes: Uint8Array, format: ImageFormat = "hex") =>
  buildImage({ format, segments: [{ name: "f", address, bytes }] });

/** An image whose UF2 blocks name a family. */
function named(family: ImageFamilyId) {
  const [id] = Object.entries(UF2_FAMILIES).find(([, [, own]]) => own === family) ?? [];
  return { ...imageOf(0x1000, new Uint8Array(16), "uf2"), families: [Number(id)] };
}

const foreign = (chip: string, image: ReturnType<typeof named>) =>
  foreignFamily(readingOf(["version"], {}, { chip, image }))?.id;

describe("an image whose file names its family", () => {
  it.each([
    ["MK24FN1M0XXX12", "kinetis"],
    ["S9KEAZ128", "kinetis"],
    ["S32K144", "kinetis"],
    ["STM32F407VG", "stm32"],
    ["GD32F350", "stm32"],
    ["nRF51822_xxAA", "nrf5"],
    ["nRF52840_xxAA", "nrf5"],
    ["LPC55S69", "lpc55"],
    ["ATSAMD21G18", "sam-d2"],
    ["ATSAMD51J19", "sam-d5"],
    ["MIMXRT1062", "imxrt"],
    ["RP2040", "rp2040"],
    ["RP2350", "rp2350"],
    ["ESP32-S3", "esp"],
  ] as const)("for %s is its own with %s, and another's with every other family", (chip, family) => {
    expect(foreign(chip, named(family))).toBeUndefined();
    for (const other of ["kinetis", "stm32", "nrf5", "lpc55", "imxrt", "esp"] as const)
      if (other !== family) expect(foreign(chip, named(other))).toBe(other);
  });

  it("is no other family's where the log names no device, or one that is not known", () => {
    expect(foreignFamily(readingOf(["version"], {}, { image: named("stm32") }))).toBeUndefined();
    expect(foreign("quux", named("stm32"))).toBeUndefined();
    expect(foreignFamily(readingOf(["version"], {}, KINETIS))).toBeUndefined();
  });

  it("is the cause of a failure, with the file's statement for it and nothing against it", () => {
    const { causes, imageChecks } = diagnosisOf(["write-failed"], {}, { ...KINETIS, image: named("stm32") });
    expect(causes[0]).toMatchObject({ id: "wrong-image", likelihood: "likely", against: [] });
    expect(causes[0].for.map(({ text }) => text)).toEqual(["The image: the UF2 file names it."]);
    expect(imageChecks[0].claim).toBe("the image is for a MK24FN1M0XXX12");
  });

  it("whose family is a guess has that against it", () => {
    const image = imageOf(0, program(0, 0x2001_0000, NRF_PAGES));
    const [cause] = diagnosisOf(["write-failed"], {}, { ...STM32, image }).causes;
    expect(cause).toMatchObject({ id: "wrong-image", against: [{}] });
  });
});

/** What a program for an nRF52 names: CLOCK, NVMC, P0, FICR, RTC1, TIMER0, UART, GPIOTE. */
const NRF_PAGES = [
  0x4000_0000, 0x4001_e000, 0x5000_0000, 0x1000_0000, 0x4001_1000, 0x4000_8000, 0x4000_2000, 0x4000_6000,
];

describe("an image beside a chip", () => {
  const where = (address: number, length: number, options: object = STM32, format: ImageFormat = "hex") =>
    beyondChip(readingOf(["version"], {}, { ...options, image: imageOf(address, new Uint8Array(length), format) }));

  it.each([
    ["in its first bytes of flash", 0x0800_0000, 16, true],
    ["in its last bytes of flash", 0x080f_fff0, 16, true],
    ["one byte beyond its flash", 0x080f_fff0, 17, false],
    ["one byte before its flash", 0x07ff_ffff, 16, false],
    ["in its option bytes", 0x1fff_c000, 16, true],
    ["one byte beyond its option bytes", 0x1fff_c000, 17, false],
    ["one byte before its option bytes", 0x1fff_bfff, 8, false],
  ])("%s: inside %s", (_, address, length, isInside) => {
    const text = where(address, length);
    expect(text === undefined).toBe(isInside);
    if (text) expect(text).toContain(`0x${address.toString(16).toUpperCase().padStart(8, "0")}`);
    if (text) expect(text).toContain(`0x${(address + length - 1).toString(16).toUpperCase().padStart(8, "0")}`);
  });

  it("that is raw is asked for its size only", () => {
    expect(where(0xf000_0000, 0x10_0000, STM32, "raw")).toBeUndefined();
    expect(where(0, 0x10_0001, STM32, "raw")).toContain(`it has ${0x10_0001} bytes`);
    expect(where(0, 0x10_0001, STM32, "raw")).toContain(`${0x10_0000}`);
  });

  it("whose table is not known, or without an image, is beyond nothing", () => {
    expect(where(0xf000_0000, 16, { chip: "LPC1768" })).toBeUndefined();
    expect(beyondChip(readingOf(["version"], {}, STM32))).toBeUndefined();
  });

  it("beyond it is a cause, added to the log's own", () => {
    const image = imageOf(0x0900_0000, new Uint8Array(4));
    const { causes, imageChecks } = diagnosisOf(["write-failed"], {}, { ...STM32, image });
    expect(causes.map(({ id }) => id)).toEqual(["outside-flash", "write-failed"]);
    expect(causes[0].for[0].text).toContain("0x09000000");
    expect(imageChecks).toMatchObject([{ claim: "the image fits into a STM32F407VG", agrees: false }]);
  });

  it("beyond it is evidence, and not a second cause, where the log states the same", () => {
    const image = imageOf(0x0900_0000, new Uint8Array(4));
    const line: Line = { kind: "outside-flash", values: { address: "0x09000000" } };
    const { causes } = diagnosisOf([line], {}, { ...STM32, image });
    expect(causes.map(({ id }) => id)).toEqual(["outside-flash"]);
    expect(causes[0].for.map(({ line: number }) => number)).toEqual([1, undefined]);
  });

  it("beyond it and of another family is two causes, each with its own evidence", () => {
    const image = { ...imageOf(0x0900_0000, new Uint8Array(4), "uf2"), families: named("kinetis").families };
    const line: Line = { kind: "outside-flash", values: { address: "0x09000000" } };
    const { causes } = diagnosisOf([line], {}, { ...STM32, image });
    expect(causes.map(({ id }) => id)).toEqual(["outside-flash", "wrong-image"]);
    expect(causes[0].for.map(({ text }) => text).join(" ")).not.toContain("UF2");
  });

  it("adds nothing to a log in which nothing failed", () => {
    const image = imageOf(0x0900_0000, new Uint8Array(4));
    expect(diagnosisOf(["verify-ok"], {}, { ...STM32, image }).causes.map(({ id }) => id)).toEqual(["no-failure"]);
  });
});

describe("an image's own lock", () => {
  const fsec = (value: number) => imageOf(0x400, new Uint8Array(16).fill(0xff).with(12, value));
  const fieldsOf = (options: object) => imageFields(readingOf(["version"], {}, options));

  it("is read where the image has bytes for it, of a chip that has one", () => {
    expect(fieldsOf({ ...KINETIS, image: fsec(0x7b) }).map(({ field, value }) => [field.name, value])).toEqual([
      ["FSEC", 0x7b],
    ]);
    expect(fieldsOf({ ...KINETIS, image: imageOf(0, new Uint8Array(16)) })).toEqual([]);
    expect(fieldsOf({ chip: "LPC1768", image: fsec(0x7b) })).toEqual([]);
    expect(fieldsOf(KINETIS)).toEqual([]);
  });

  it.each([
    ["lock-seen", 0x7b, true],
    ["lock-seen", 0xfe, false],
    ["mass-erase-refused", 0x7b, true],
    ["mass-erase-skipped", 0x7b, true],
    ["mass-erase-disabled", 0x7b, true],
    ["mass-erase-failed", 0x7b, true],
    ["core-missing", 0x7b, true],
    ["read-protection", 0x7b, true],
    ["probe-silent", 0x7b, false],
  ] as const)("%s, with FSEC %i in the image: evidence %s", (kind, value, isEvidence) => {
    const [cause] = diagnosisOf([kind], {}, { ...KINETIS, image: fsec(value) }).causes;
    const texts = cause.for.map(({ text }) => text).join(" ");
    expect(texts.includes("FSEC at 0x0000040C is 0x7B")).toBe(isEvidence);
  });

  it("is checked against the claim that it would close the chip", () => {
    const checks = (chip: string, image: ReturnType<typeof fsec>) =>
      diagnosisOf(["version"], {}, { chip, image }).imageChecks;
    expect(checks("MK24FN1M0XXX12", fsec(0x7b))).toMatchObject([{ agrees: true, found: "0x7B (secured)" }]);
    expect(checks("MK24FN1M0XXX12", fsec(0xfe))).toMatchObject([{ agrees: false }]);
    expect(checks("MK24FN1M0XXX12", fsec(0xfe))[0].claim).toMatch(/FSEC at 0x0000040C would secure the chip$/);
    const rdp = imageOf(0x1fff_c000, Uint8Array.of(0xef, 0xbb, 0x10, 0x44, 255, 255, 255, 255));
    expect(checks("STM32F407VG", rdp)[0].claim).toMatch(/close the chip to debuggers$/);
  });
});

describe("what a log reports of its file", () => {
  const image = imageOf(0x0800_0000, new Uint8Array(0x4001).fill(0x5a));
  const checksOf = (lines: readonly Line[], options: object, parts = {}) =>
    diagnosisOf(lines, parts, { ...options, image }).imageChecks;

  it("of a byte is held against the image's byte there, with its line", () => {
    const bytes = [
      [0x0800_0000, 0x5a, 1],
      [0x0800_0001, 0x5b, 1],
      [0x0900_0000, 0x5a, 1],
    ] as const;
    expect(checksOf(["version", "verify-failed"], {}, { bytes })).toEqual([
      { claim: "the file has 0x5A at 0x08000000", agrees: true, found: "0x5A", line: 2 },
      { claim: "the file has 0x5B at 0x08000001", agrees: false, found: "0x5A", line: 2 },
      { claim: "the file has 0x5A at 0x09000000", agrees: false, found: "the image has nothing there", line: 2 },
    ]);
  });

  it("of a byte that the image has otherwise is the cause stale-image, with both", () => {
    const bytes = [
      [0x0800_0000, 0x5a, 1],
      [0x0800_0001, 0x5b, 1],
    ] as const;
    const causeOf = (all: readonly (readonly [number, number, number])[]) =>
      diagnosisOf(["verify-failed"], { bytes: all }, { image }).causes.find(({ for: [{ text }] }) =>
        text.startsWith("The log expects"),
      );
    expect(causeOf(bytes.slice(0, 1))).toBeUndefined();
    expect(causeOf(bytes)).toMatchObject({ id: "stale-image", likelihood: "likely", for: [{ line: 1 }] });
    expect(causeOf(bytes)?.for[0].text).toMatch(/0x5B at 0x08000001; the image has 0x5A\.$/);
    expect(causeOf([[0x0900_0000, 1, 2]])?.for[0].text).toContain("the image has nothing there.");
  });

  it("of its size is held against the image's, and of a bank against the chip's sectors", () => {
    const size = (bytes: string): Line => ({ kind: "verify-size", values: { bytes } });
    const bank = (bytes: string): Line => ({ kind: "bank", values: { bytes } });
    expect(checksOf([size("16385"), size("16384")], {})).toMatchObject([
      { claim: "the file has 16385 bytes", agrees: true, found: "16385 bytes", line: 1 },
      { claim: "the file has 16384 bytes", agrees: false, found: "16385 bytes", line: 2 },
    ]);
    expect(checksOf([bank("32768")], STM32)).toMatchObject([
      { claim: "its sectors have 32768 bytes", agrees: true, found: "32768 bytes", line: 1 },
    ]);
    expect(checksOf([bank("16384")], STM32)[0].agrees).toBe(false);
    expect(checksOf([bank("32768")], { chip: "LPC1768" })).toEqual([]);
    expect(checksOf([bank("32768")], {})).toEqual([]);
  });
});
