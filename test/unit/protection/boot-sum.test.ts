import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RP2040 } from "../../../src/chips/raspberry-pi/rp2040.ts";
import { readImage } from "../../../src/image/read-image.ts";
import { lintImage } from "../../../src/protection/lint-image.ts";

const FILE = "examples/rp2040-blinky/firmware.hex";
const blinky = readImage(readFileSync(FILE), { name: FILE });

/** The example with one byte of its second stage changed. */
function spoiled(at: number) {
  const segments = blinky.segments.map(({ address, bytes, ...rest }) => {
    const copy = bytes.slice();
    if (at >= address && at < address + bytes.length) copy[at - address] ^= 1;
    return { ...rest, address, bytes: copy };
  });
  return { ...blinky, segments };
}

describe("the sum behind an RP2040's second boot stage", () => {
  it("is right in the example", () => {
    expect(lintImage(blinky, RP2040)).toEqual([]);
  });

  it.each([0x10000000, 0x100000fb, 0x100000fc])("is a warning where the byte at %i is another one", (at) => {
    expect(lintImage(spoiled(at), RP2040)).toMatchObject([{ id: "boot-sum", severity: "warn", address: 0x100000fc }]);
  });

  it("is not looked at in an image without the second stage", () => {
    const [first] = blinky.segments;
    const only = { ...blinky, segments: [{ ...first, address: 0x10001000, bytes: new Uint8Array(16) }] };
    expect(lintImage(only, RP2040)).toEqual([]);
  });
});

describe("a UF2 file for an RP2040", () => {
  /** One block of 256 bytes for 0x10000000, of a family. */
  function block(family: number): Uint8Array {
    const bytes = new Uint8Array(512);
    const view = new DataView(bytes.buffer);
    [0x0a324655, 0x9e5d5157, 0x2000, 0x10001000, 256, 0, 1, family].forEach(
      (word, i) => void view.setUint32(4 * i, word, true),
    );
    view.setUint32(508, 0x0ab16f30, true);
    return bytes;
  }
  const findings = (family: number) => lintImage(readImage(block(family), { name: "a.uf2" }), RP2040);

  it("of its family 0xE48BFF56 is no finding", () => {
    expect(findings(0xe48bff56)).toEqual([]);
  });

  it("of another family is a warning", () => {
    expect(findings(0xada52840)).toMatchObject([{ id: "uf2-family", severity: "warn" }]);
  });
});
