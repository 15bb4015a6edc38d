import { describe, expect, it } from "vitest";
import { identifyImage } from "../../../../src/image/identity/identify.ts";
import { nordicParts } from "../../../../src/image/identity/parts/nordic.ts";
import { settingsParts } from "../../../../src/image/identity/parts/settings.ts";
import { image, program, withAt, words } from "./built.ts";

const blank = (length: number) => new Uint8Array(length).fill(0xff);
const CODE = [0, new Uint8Array(64)] as const;

describe("pages of settings beside the flash", () => {
  it.each([
    ["option bytes", 0x1fff_f800, 0x10, "stm32"],
    ["option bytes", 0x1fff_7800, 0x80, "stm32"],
    ["option bytes", 0x1fff_c000, 0x10, "stm32"],
    ["OTP", 0x1fff_7000, 0x400, "stm32"],
    ["NVM user row", 0x0080_4000, 0x200, "sam-d2"],
    ["NONMAIN", 0x41c0_0000, 0x400, "mspm0"],
  ] as const)(
    "%s at %i of %i bytes are a part where a segment lies in them to their end",
    (name, at, length, family) => {
      const part = { name, address: at, length, text: [`${length} bytes`], family };
      expect(settingsParts(image([at, blank(length)]))).toMatchObject([part]);
      expect(settingsParts(image([at, blank(length + 1)]))).toEqual([]);
      expect(settingsParts(image([at - 1, blank(2)]))).toEqual([]);
    },
  );

  it("count the bytes of all segments in them, from the first on", () => {
    const two = image([0x1fff_f802, blank(2)], [0x1fff_f808, blank(4)]);
    expect(settingsParts(two)).toMatchObject([{ address: 0x1fff_f802, length: 6, text: ["6 bytes"] }]);
  });

  it.each([
    [0xaa, "RDP 0xAA: open"],
    [0xa5, "RDP 0xA5: open"],
    [0xcc, "RDP 0xCC: closed for ever"],
    [0x00, "RDP 0x00: read protection on"],
  ])("of an STM32 with %i as their first byte have the protection's level in words", (value, meaning) => {
    for (const at of [0x1fff_f800, 0x1fff_7800])
      expect(settingsParts(image([at, Uint8Array.of(value)]))[0].security).toEqual([meaning]);
  });

  it("have no line of security where the lock's byte is not in the image, or there is none", () => {
    expect(settingsParts(image([0x1fff_f804, blank(4)]))[0].security).toEqual([]);
    expect(settingsParts(image([0x41c0_0000, blank(4)]))[0].security).toEqual([]);
  });

  it("make a family possible by themselves, and none where their chip has no flash at the vectors", () => {
    const alone = identifyImage(image([0x1fff_f800, blank(0x10)]));
    expect(alone.family).toMatchObject({
      id: "stm32",
      likelihood: "possible",
      for: ["option bytes at 0x1FFFF800"],
    });
  });
});

describe("the UICR of a Nordic chip", () => {
  const uicr = (at: number, ...run: readonly number[]) => nordicParts(image(CODE, [at, Uint8Array.from(run)]));

  it.each([
    [0x1000_1000, 0x1000, "nrf5"],
    [0x00ff_8000, 0x1000, "nrf53-91"],
  ] as const)("at %i is a part of %i bytes at most", (at, length, family) => {
    const part = { name: "UICR", address: at, length, text: [`${length} bytes`], family };
    expect(nordicParts(image(CODE, [at, blank(length)]))).toMatchObject([part]);
    expect(nordicParts(image(CODE, [at, blank(length + 1)]))).toEqual([]);
    expect(nordicParts(image(CODE, [at - 1, blank(2)]))).toEqual([]);
  });

  it("is none where the image holds nothing else, as flash may lie there", () => {
    expect(nordicParts(image([0x1000_1000, blank(4)]))).toEqual([]);
  });

  it.each([
    [0x5a, "open on hardened chips"],
    [0x00, "closes the debug port"],
    [0xff, "not set: open on older chips, closed at the next reset on hardened ones"],
    [0x01, "closed on hardened chips"],
  ])("has each lock's state in words where its byte is %i", (value, meaning) => {
    const byte = `0x${value.toString(16).toUpperCase().padStart(2, "0")}`;
    expect(uicr(0x1000_1208, value)[0].security).toEqual([`APPROTECT ${byte}: ${meaning}`]);
    expect(uicr(0x00ff_8000, value)[0].security).toEqual([`APPROTECT ${byte}: ${meaning}`]);
    expect(uicr(0x00ff_801c, value)[0].security).toEqual([`SECUREAPPROTECT ${byte}: ${meaning}`]);
  });

  it("has no line for locks that are not in the image", () => {
    expect(uicr(0x1000_1000, 0xff)[0].security).toEqual([]);
  });

  it("counts the bytes of all segments in it", () => {
    const two = image(CODE, [0x1000_1010, blank(4)], [0x1000_1020, blank(8)]);
    expect(nordicParts(two)).toMatchObject([{ address: 0x1000_1010, length: 12 }]);
  });
});

describe("a SoftDevice", () => {
  it.each([0x2004, 0x3004])("is a part by its word at %i, and states nRF5", (at) => {
    const flash = withAt(program(0, 0x2001_0000, [], 0x4000), at, words(0x51b1_e5db));
    const { family, parts } = identifyImage(image([0, flash]));
    expect(parts).toMatchObject([
      { name: "SoftDevice", address: at, text: [expect.stringContaining(`0000${at.toString(16)}`)] },
    ]);
    expect(family).toMatchObject({ id: "nrf5", likelihood: "stated" });
  });

  it("is none with another word, and where the file ends inside of it", () => {
    const flash = withAt(blank(0x2008), 0x2004, words(0x51b1_e5db));
    expect(nordicParts(image([0, flash]))).toHaveLength(1);
    expect(nordicParts(image([0, flash.subarray(0, 0x2007)]))).toEqual([]);
    expect(nordicParts(image([0, withAt(flash, 0x2004, words(0x51b1_e5da))]))).toEqual([]);
  });
});
