import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { image, program, withAt, words } from "../unit/image/identity/built.ts";
import { writeHex } from "../../src/image/write-hex.ts";
import { example, Workspace } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());

/** What a program for an nRF52 names: CLOCK, NVMC, P0, FICR, RTC1, TIMER0, UART, GPIOTE. */
const NRF = [0x4000_0000, 0x4001_e000, 0x5000_0000, 0x1000_0000, 0x4001_1000, 0x4000_8000, 0x4000_2000, 0x4000_6000];
const FIELD = words(0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ff3f);
const hexOf = (...runs: readonly (readonly [address: number, bytes: Uint8Array])[]) =>
  workspace.write("image.hex", writeHex(image(...runs)));

describe("explain IMAGE", () => {
  it("names the family that the image is for, and marks that as a guess", async () => {
    const { out } = await workspace.fp("explain", hexOf([0, program(0, 0x2001_0000, NRF)]));
    expect(out).toContain("family: nRF51 or nRF52 (a guess, likely)");
    expect(out).toContain("vector table at 0x00000000: initial stack 0x20010000, reset handler 0x00000201");
  });

  it("reads no security bytes of an image that is for another family than the chip", async () => {
    const foreign = hexOf([0, withAt(program(0, 0x2001_0000, NRF), 0x400, FIELD)]);
    const { exit, result } = await workspace.json("explain", foreign, "--chip", "MK24FN1M0xxx12");
    expect(exit).toBe(0);
    expect(result).toMatchObject({ otherFamily: true, family: { id: "nrf5" } });
    expect(result.field).toBeUndefined();
    const { out } = await workspace.fp("explain", foreign, "--chip", "MK24FN1M0xxx12");
    expect(out).toContain("another family: this image is for nRF51 or nRF52, not for MK24FN1M0xxx12");
  });

  it("reads the security bytes of an image that is for the chip's family, or for none that is seen", async () => {
    const { result } = await workspace.json("explain", example("bootloader.hex"), "--chip", "MK24FN1M0xxx12");
    expect(result).toMatchObject({ otherFamily: false });
    expect(result.field).toBeDefined();
  });

  it("guesses where a raw file belongs without a chip, with its reason", async () => {
    const raw = workspace.write("app.bin", program(0x0800_4000, 0x2001_0000));
    const { err, out } = await workspace.fp("explain", raw);
    expect(err).toContain("explained at 0x8004000, a guess: its reset vector points there");
    expect(out).toContain("  0x08004000 - 0x08004800");
  });

  it("counts an ELF file's sections and symbols", async () => {
    const elf = workspace.write("app.elf", readFileSync("test/fixtures/images/sample.elf"));
    const { result } = await workspace.json("explain", elf);
    expect(result.symbols).toMatchObject({ sections: expect.any(Number), functions: expect.any(Number) });
  });
});
