import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { register } from "../../../src/registers/register.ts";

const sample = register({
  name: "SAMPLE",
  address: 0x40020002,
  width: 8,
  section: "none",
  fields: {
    TOP: [7, 6],
    MIDDLE: { bits: [5, 1], words: { 3: "three" }, otherwise: "something else" },
    LOW: { bits: 0, words: { 1: "set" } },
  },
});

describe("Register", () => {
  it("extracts fields from a value", () => {
    expect(sample.field(0b10_00011_1, "TOP")).toBe(2);
    expect(sample.field(0b10_00011_1, "MIDDLE")).toBe(3);
    expect(sample.mask("MIDDLE")).toBe(0x3e);
  });

  it("inserts fields into a value", () => {
    expect(sample.of({ TOP: 2, LOW: 1 })).toBe(0x81);
    expect(sample.with(0xff, { MIDDLE: 0 })).toBe(0xc1);
  });

  it("refuses a value too wide for its field", () => {
    expect(() => sample.of({ TOP: 4 })).toThrow(RangeError);
  });

  it("describes a value in words", () => {
    expect(sample.describe(0x87)).toBe("SAMPLE 0x87: TOP 2, MIDDLE 3 (three), LOW 1 (set)");
    expect(sample.describe(0x00)).toBe("SAMPLE 0x00: TOP 0, MIDDLE 0 (something else), LOW 0");
  });

  it("refuses a definition whose fields overlap or exceed the register", () => {
    const broken = { name: "B", address: 0, width: 8, section: "none" } as const;
    expect(() => register({ ...broken, fields: { A: [3, 2], B: [2, 1] } })).toThrow(/B\.B/);
    expect(() => register({ ...broken, fields: { A: 8 } })).toThrow(/B\.A/);
  });

  it("extracts what was inserted, bit 31 included", () => {
    const wide = register({ name: "W", address: 0, width: 32, section: "none", fields: { H: [31, 16], L: [15, 0] } });
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(0xffff), (H, L) => {
        const value = wide.of({ H, L });
        expect([wide.field(value, "H"), wide.field(value, "L"), value]).toEqual([H, L, H * 65536 + L]);
      }),
    );
  });
});
