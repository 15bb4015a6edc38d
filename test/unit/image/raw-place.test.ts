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
