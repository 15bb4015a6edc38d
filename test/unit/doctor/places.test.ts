import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explainDifferences } from "../../../src/doctor/differences.ts";
import { placesOf } from "../../../src/doctor/places.ts";
import { readImage } from "../../../src/image/read-image.ts";
import { K24 } from "./inputs.ts";

const symbols = [
  { name: ".text", kind: "section", address: 0x1000, length: 0x100 },
  { name: "crc32", kind: "function", address: 0x1010, length: 0x20 },
  { name: "table", kind: "object", address: 0x1040, length: 0x40 },
] as const;
const at = (address: number) => ({ address, expected: Uint8Array.of(1), actual: Uint8Array.of(2) });

describe("where a difference lies", () => {
  it.each([
    ["0x1010", "0x00001010 in crc32 (.text)"],
    ["0x1014", "0x00001014 in crc32+0x4 (.text)"],
    ["0x1040", "0x00001040 in table (.text)"],
    ["0x10F0", "0x000010F0 in .text"],
    ["0x2000", "0x00002000"],
  ])("of %s is printed as %s", (address, text) => expect(placesOf([at(Number(address))], symbols)[0].text).toBe(text));

  it("is only an address where the file names nothing", () => {
    expect(placesOf([at(0x40c)])).toEqual([{ address: 0x40c, length: 1, text: "0x0000040C" }]);
  });

  it("is named by a real ELF file's section and function", () => {
    const path = "examples/k24-bootloader/bootloader.elf";
    const image = readImage(readFileSync(path), { name: path });
    const code = image.symbols.find(({ kind, length }) => kind === "function" && length > 8);
    if (!code) throw new Error("the example has no function");
    const { summary, places } = explainDifferences({ chip: K24, image, differences: [at(code.address + 4)] });
    expect(places[0].section).toBeDefined();
    expect(places[0].symbol).toBeDefined();
    expect(summary).toContain(`+0x4 (${places[0].section})`);
  });
});
