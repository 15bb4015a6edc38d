import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress, parseDecimal, parseHex, parseHex64 } from "../../../src/commander/language/numbers.ts";

describe("a number", () => {
  it("is hex without saying so", () => expect(parseHex("10")).toBe(16));
  it("is hex with 0x", () => expect(parseHex("0xFFFFFFFF")).toBe(0xffffffff));
  it("has at most 32 bits", () => expect(parseHex("100000000")).toBeUndefined());
  it("has at most 64 bits where 64 are asked for", () => {
    expect(parseHex64("FFFFFFFFFFFFFFFF")).toBe(0xffff_ffff_ffff_ffffn);
    expect(parseHex64("10000000000000000")).toBeUndefined();
  });
  it("is no word", () => expect(["", "0x", "g", "12 ", "-1", "1.5"].map(parseHex)).toEqual(Array(6).fill(undefined)));
  it("is decimal for milliseconds and kHz", () => expect(parseDecimal("100")).toBe(100));
  it("may be -1 in a JTAG chain", () => expect(parseDecimal("-1")).toBe(-1));
  it("is hex with 0x in a decimal place too", () => expect(parseDecimal("0x10")).toBe(16));
  it("is no hex digit in a decimal place", () => expect(parseDecimal("1F")).toBeUndefined());

  it("comes back from its own digits", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (n) => {
        expect(parseHex(n.toString(16))).toBe(n);
      }),
    ));
});

describe("an address", () => {
  it("may stand alone", () => expect(parseAddress("1FFF0000")).toEqual({ address: 0x1fff0000 }));
  it("may name its zone", () => expect(parseAddress("Default:0x400")).toEqual({ zone: "Default", address: 0x400 }));
  it("isn't a zone alone, nor an empty one", () => {
    expect(parseAddress("Default:")).toBeUndefined();
    expect(parseAddress(":400")).toBeUndefined();
  });
  it("is never anything but a number or nothing", () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseAddress(text)?.address ?? 0).toBeTypeOf("number");
      }),
    ));
});
