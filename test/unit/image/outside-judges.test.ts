import fc from "fast-check";
import { expect, it } from "vitest";
import { hex32 } from "../../../src/base/u32.ts";
import { readElf } from "../../../src/image/elf.ts";
import { readImage } from "../../../src/image/read-image.ts";
import { writeHex } from "../../../src/image/write-hex.ts";
import { writeSrec } from "../../../src/image/write-srec.ts";
import { anyImage, fixture, memoryOf } from "./images.ts";
import { describeWith, runTool } from "./outside-tools.ts";

const FEW = { numRuns: 5 };

describeWith(
  "arm-none-eabi-objcopy",
  "binutils-arm-none-eabi",
  "arm-none-eabi-gcc",
)("objcopy agrees", () => {
  it.each([
    ["ihex", "hex"],
    ["srec", "srec"],
  ])("on the %s file of an ELF file", (target, format) => {
    const written = runTool("arm-none-eabi-objcopy", ["-O", target, "{in}", "{out}"], fixture("sample.elf"));
    const theirs = readImage(written, { name: `f.${format}` });
    expect(memoryOf(theirs)).toEqual(memoryOf(readImage(fixture("sample.elf"), { name: "f.elf" })));
  });

  it("that our HEX holds the bytes that it was made of", () => {
    fc.assert(
      fc.property(anyImage(0x4000), (image) => {
        const args = ["-I", "ihex", "-O", "srec", "{in}", "{out}"];
        const theirs = readImage(runTool("arm-none-eabi-objcopy", args, writeHex(image)), { name: "f.srec" });
        expect(memoryOf(theirs)).toEqual(memoryOf(image));
      }),
      FEW,
    );
  });
});

describeWith(
  "srec_cat",
  "srecord",
  "srecord",
)("srec_cat agrees", () => {
  it("that our S-records hold the bytes that they were made of", () => {
    fc.assert(
      fc.property(anyImage(), (image) => {
        const args = ["{in}", "-motorola", "-o", "{out}", "-intel"];
        const theirs = readImage(runTool("srec_cat", args, writeSrec(image)), { name: "f.hex" });
        expect(memoryOf(theirs)).toEqual(memoryOf(image));
      }),
      FEW,
    );
  });
});
