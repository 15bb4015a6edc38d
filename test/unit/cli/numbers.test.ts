import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import { parseAddress, parseFileAt, parseNumber, parseRange, parseSpeed } from "../../../src/cli/options/numbers.ts";

/** The code of what a reader throws, or undefined where it answers. */
function codeFor(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return codeOf(error) ?? "not ours";
  }
}

describe("numbers on the command line", () => {
  it("are 0x hex, else decimal", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), (value) => {
        expect(parseNumber(String(value))).toBe(value);
        expect(parseNumber(`0x${value.toString(16)}`)).toBe(value);
        expect(parseAddress(`0X${value.toString(16).toUpperCase()}`)).toBe(value);
      }),
    );
  });

  it.each(["", "-1", "1.5", "1e3", "0x", "0xg", "12h", " 1", "0b1", "99999999999999999999"])("%j is none", (text) => {
    expect(codeFor(() => parseNumber(text))).toBe("usage");
  });

  it("an address has at most 32 bits", () => {
    expect(codeFor(() => parseAddress("0x100000000"))).toBe("usage");
  });
});

describe("ranges", () => {
  it("A:B is half-open and A:+LEN is the same", () => {
    expect(parseRange("0x400:0x410")).toEqual({ start: 0x400, length: 16 });
    expect(parseRange("0x400:+16")).toEqual({ start: 0x400, length: 16 });
    expect(parseRange("0:0x100000000")).toEqual({ start: 0, length: 0x1_0000_0000 });
  });

  it.each(["5", "5:5", "8:4", "0:+0", "1:2:3", ":", "0xFFFFFFFF:+2", "a:b"])("%j is none", (text) => {
    expect(codeFor(() => parseRange(text))).toBe("usage");
  });

  it("whatever stands there is a range inside 32 bits or a usage error", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect([undefined, "usage"]).toContain(codeFor(() => parseRange(text)));
      }),
    );
  });
});

describe("speeds", () => {
  it.each([
    ["4M", 4_000_000],
    ["4000", 4_000_000],
    ["400k", 400_000],
    ["1.5M", 1_500_000],
    ["1MHz", 1_000_000],
    ["400kHz", 400_000],
    ["400000Hz", 400_000],
  ])("%s is %i Hz", (text, hz) => expect(parseSpeed(text)).toBe(hz));

  it.each(["", "fast", "-4M", "4G", "0"])("%j is none", (text) => {
    expect(codeFor(() => parseSpeed(text))).toBe("usage");
  });
});

describe("files with an address", () => {
  it.each([
    ["app.bin", { path: "app.bin" }],
    ["app.bin@0x8000", { path: "app.bin", address: 0x8000 }],
    ["a@b.bin", { path: "a@b.bin" }],
    ["a@1@2", { path: "a@1", address: 2 }],
    ["C:\\x.bin@16", { path: "C:\\x.bin", address: 16 }],
  ])("%s", (text, expected) => expect(parseFileAt(text)).toEqual(expected));
});
