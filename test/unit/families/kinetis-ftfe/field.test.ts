import { describe, expect, it } from "vitest";
import { flashGroups, openBytes } from "../../../../src/protection/chip-fields.ts";
import { decodeGroup } from "../../../../src/protection/decode-group.ts";
import { hasRegions, protectedRanges } from "../../../../src/protection/protected-regions.ts";
import { FSEC } from "../../../support/fsec.ts";
import { fieldWith, K24 } from "../../protection/images.ts";

const [GROUP] = flashGroups(K24);
const decodeField = (bytes: Uint8Array) => decodeGroup(GROUP, bytes);
const FPROT = GROUP.fields.filter(hasRegions)[0];

const parts = (...fromFsec: number[]) => decodeField(Uint8Array.from(fieldWith(...fromFsec)));

describe("the flash configuration field", () => {
  it("has FSEC at 0x40C", () => {
    expect([FSEC.field.name, FSEC.field.address]).toEqual(["FSEC", 0x40c]);
  });

  it("has words for every bit: 16 bytes, each bit exactly once", () => {
    const bits = parts(0x7b).flatMap((part) => {
      const [high, low = high] = part.bits.split(":").map(Number);
      return Array.from({ length: high - low + 1 }, (_, i) => (part.address - 0x400) * 8 + low + i);
    });
    expect(bits.sort((a, b) => a - b)).toEqual(Array.from({ length: 128 }, (_, i) => i));
    for (const part of parts(0x7b)) expect(part.meaning).not.toBe("");
  });

  it("names the parts as the manual does", () => {
    const name = (address: number) => parts(0xfe).find((part) => part.address === address)?.name;
    expect([0x400, 0x408, 0x40b, 0x40c, 0x40e, 0x40f].map(name)).toEqual([
      "backdoor key",
      "FPROT3",
      "FPROT0",
      "FSEC.KEYEN",
      "FEPROT",
      "FDPROT",
    ]);
  });

  it("reports whether its key is usable", () => {
    const field = Uint8Array.from(fieldWith(0xbe));
    field.set([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(decodeField(field)[0]).toMatchObject({
      value: "0x0102030405060708",
      meaning: expect.stringContaining("may compare"),
    });
    field[12] = 0xfe;
    expect(decodeField(field)[0].meaning).toContain("KEYEN disables it");
    expect(parts(0xfe)[0].meaning).toContain("never accepted");
  });

  it("lists protected regions of 32 KB, neighbours joined", () => {
    expect(protectedRanges(FPROT, Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toEqual([]);
    expect(protectedRanges(FPROT, Uint8Array.of(0xfc, 0xff, 0xff, 0x7f))).toEqual([
      { start: 0x00000, end: 0x0ffff },
      { start: 0xf8000, end: 0xfffff },
    ]);
    const field = Uint8Array.from(fieldWith(0xfe));
    field[9] = 0xfe;
    expect(decodeField(field)[2]).toMatchObject({
      name: "FPROT2",
      meaning: "regions 8 to 15: protects 0x00040000-0x00047FFF",
    });
  });

  it("marks what no source settles as unsure", () => {
    expect(
      parts(0xfe)
        .filter((part) => !part.sure)
        .map((part) => part.name),
    ).toEqual(["FOPT", "FEPROT", "FDPROT"]);
  });

  it("is refused unless it has 16 bytes", () => {
    expect(() => decodeField(new Uint8Array(15))).toThrow(RangeError);
  });
});

describe("the field as a tool leaves it", () => {
  it("is open, and erased but for that", () => {
    expect([...openBytes(GROUP)]).toEqual(fieldWith(0xfe));
  });
});
