import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { placeQuery } from "../../../src/chips/place-query.ts";
import { rawPlaces } from "../../../src/image/raw-place.ts";
import { K24 } from "../protection/images.ts";

const EXAMPLE = new Uint8Array(readFileSync("examples/k24-bootloader/bootloader-open.raw.bin"));
const places = (bytes: Uint8Array) => rawPlaces(bytes, placeQuery(K24));

/** A file of the given length with these two vectors, and all else FF. */
function raw(length: number, stack: number, reset: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(0xff);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, stack, true);
  view.setUint32(4, reset, true);
  return bytes;
}

describe("where a raw file's vectors fit", () => {
  it("is 0 for a boot loader", () => {
    expect(places(EXAMPLE)).toEqual([0]);
  });

  it("is 0x5000 for an application of 56 KB that was linked there, although its reset vector would fit 0, too", () => {
    const application = EXAMPLE.slice(0x5000);
    expect(new DataView(application.buffer).getUint32(4, true)).toBeLessThan(application.length);
    expect(places(application)).toEqual([0x5000]);
  });

  it("is the one sector whose code the reset vector points into", () => {
    expect(places(raw(0x800, 0x20030000, 0x9411))).toEqual([0x9000]);
    expect(places(raw(0x412, 0x20030000, 0x411))).toEqual([0]);
  });

  it("is several addresses where the vectors fit more than one", () => {
    expect(places(raw(0x2000, 0x20030000, 0x9411))).toEqual([0x8000, 0x9000]);
  });

  it.each([
    ["a stack pointer outside of RAM", raw(0x800, 0x10000000, 0x411)],
    ["a stack pointer between two words", raw(0x800, 0x20000002, 0x411)],
    ["a reset vector without its Thumb bit", raw(0x800, 0x20030000, 0x410)],
    ["a reset vector beyond the flash", raw(0x800, 0x20030000, 0x100411)],
    ["a reset vector into the vectors themselves", raw(0x800, 0x20030000, 0x5)],
    ["fewer than eight bytes", raw(0x800, 0x20030000, 0x411).subarray(0, 7)],
    ["more bytes than the flash has", raw(0x100001, 0x20030000, 0x411)],
    ["blank flash", new Uint8Array(0x800).fill(0xff)],
  ])("is nowhere with %s", (_, bytes) => {
    expect(places(bytes)).toEqual([]);
  });
});

describe("where a file of code belongs", () => {
  const QUERY = {
    ram: [{ start: 0x2000_0000, length: 0x1000 }],
    flash: { start: 0x1000, length: 0x4000 },
    step: 0x400,
  };
  const STACK = 0x2000_1000;
  /** What a function begins with (ARMv7-M ARM, A7.7): both halves of a word. */
  const BEGINS = { push: 0xbf00_b510, widePush: 0x41f0_e92d, return: 0xbf00_4770, loop: 0xbf00_e7fe };

  /** 4 KB with a reset vector to 0x8 behind the beginning at 0x1800, and words at places. */
  function code(words: { readonly [at: number]: number }, reset = 0x1c01): Uint8Array {
    const bytes = raw(0x1000, STACK, reset);
    const view = new DataView(bytes.buffer);
    for (const [at, word] of Object.entries(words)) view.setUint32(Number(at), word, true);
    return bytes;
  }

  it("is anywhere that the reset vector leads into it, with the last place at the flash's end", () => {
    expect(rawPlaces(code({}), QUERY)).toEqual([0x1000, 0x1400, 0x1800]);
    expect(rawPlaces(code({}, 0x4ff1), QUERY)).toEqual([0x4000]);
  });

  it.each(Object.entries(BEGINS))(
    "is where its pointer leads to the beginning of a function, here by %s",
    (_, begin) => {
      expect(rawPlaces(code({ 0x10: 0x1901, 0x500: begin }), QUERY)).toEqual([0x1400]);
    },
  );

  it.each([
    ["a PUSH without LR", 0xbf00_b410],
    ["a wide PUSH without LR", 0x01f0_e92d],
    ["another instruction", 0xbf00_4771],
    ["LR's bit behind another instruction", 0x4000_0000],
  ])("is not narrowed by a pointer that leads to %s", (_, begin) => {
    expect(rawPlaces(code({ 0x10: 0x1901, 0x500: begin }), QUERY)).toEqual([0x1000, 0x1400, 0x1800]);
  });

  it("is where most pointers lead to functions, and each pointer counts once", () => {
    const two = { 0x500: BEGINS.push, 0x504: BEGINS.loop, 0x900: BEGINS.push };
    expect(rawPlaces(code({ ...two, 0x10: 0x1901, 0x14: 0x1905 }), QUERY)).toEqual([0x1400]);
    // 0x1901 leads to a function at 0x1000 and 0x1400, 0x1505 at 0x1000 alone.
    const repeated = { 0x10: 0x1901, 0x14: 0x1901, 0x18: 0x1901, 0x1c: 0x1505 };
    expect(rawPlaces(code({ ...two, ...repeated }), QUERY)).toEqual([0x1000]);
  });

  it.each([
    ["without the Thumb bit", 0x1900],
    ["below the flash", 0x0901],
    ["behind the flash", 0x5901],
  ])("is not narrowed by a word %s", (_, word) => {
    const places = rawPlaces(code({ 0x10: word, 0x500: BEGINS.push, 0x900: BEGINS.push }), QUERY);
    expect(places).toEqual([0x1000, 0x1400, 0x1800]);
  });

  it("is nowhere where the stack pointer is at RAM's beginning or behind its end, and somewhere at its end", () => {
    expect(rawPlaces(raw(0x800, 0x2000_0000, 0x1011), QUERY)).toEqual([]);
    expect(rawPlaces(raw(0x800, 0x2000_1004, 0x1011), QUERY)).toEqual([]);
    expect(rawPlaces(raw(0x800, 0x2000_1000, 0x1011), QUERY)).toEqual([0x1000]);
  });

  it("holds for a file of eight bytes and for one as long as the flash", () => {
    expect(rawPlaces(raw(8, STACK, 0x1009), QUERY)).toEqual([]);
    expect(rawPlaces(raw(10, STACK, 0x1009), QUERY)).toEqual([0x1000]);
    expect(rawPlaces(raw(0x4000, STACK, 0x1009), QUERY)).toEqual([0x1000]);
    expect(rawPlaces(raw(0x4001, STACK, 0x1009), QUERY)).toEqual([]);
  });

  it("is that of the last function, at the file's last word", () => {
    expect(rawPlaces(code({ 0x10: 0x23fd, 0xffc: BEGINS.return }), QUERY)).toEqual([0x1400]);
  });
});
