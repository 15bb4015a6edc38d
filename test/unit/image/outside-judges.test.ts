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
  "arm-none-eabi-readelf",
  "binutils-arm-none-eabi",
  "arm-none-eabi-gcc",
)("readelf agrees", () => {
  it("on every symbol's value, size and name", () => {
    const printed = new TextDecoder().decode(runTool("arm-none-eabi-readelf", ["-sW", "{in}"], fixture("sample.elf")));
    const theirs = [...printed.matchAll(/^ +\d+: ([0-9a-f]{8}) +(\d+) (FUNC|OBJECT) .* (\S+)$/gm)].map((m) =>
      m.slice(1),
    );
    const ours = readElf(fixture("sample.elf")).symbols.filter((symbol) => symbol.type === 1 || symbol.type === 2);
    const kind = (type: number) => (type === 2 ? "FUNC" : "OBJECT");
    expect(theirs.length).toBe(3);
    expect(ours.map((s) => [hex32(s.value).toLowerCase(), `${s.size}`, kind(s.type), s.name])).toEqual(theirs);
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
