import { describe, expect, it } from "vitest";
import { messageText } from "../../../../src/packs/sequences/message-text.ts";

const ALL = 0xffff_ffff_ffff_fffen;
const FLOAT = 0x3fc0_0000n; // 1.5
const DOUBLE = 0x4004_0000_0000_0000n; // 2.5

describe("the text of a message", () => {
  it.each([
    ["%u", 0x1_0000_0007n, "7"],
    ["%llu", 0x1_0000_0007n, "4294967303"],
    ["%Lu", 0x1_0000_0007n, "4294967303"],
    ["%d", ALL, "-2"],
    ["%i", ALL, "-2"],
    ["%lld", ALL, "-2"],
    ["%d", 0x7fff_ffffn, "2147483647"],
    ["%u", ALL, "4294967294"],
    ["%x", 0xabcn, "abc"],
    ["%X", 0xabcn, "ABC"],
    ["%o", 8n, "10"],
    ["%b", 5n, "101"],
    ["%f", FLOAT, "1.500000"],
    ["%.1f", FLOAT, "1.5"],
    ["%Lf", DOUBLE, "2.500000"],
    ["%llf", DOUBLE, "2.500000"],
    ["%5u", 42n, "   42"],
    ["%05u", 42n, "00042"],
    ["%08X", 0xabcn, "00000ABC"],
    ["%.4x", 0xabcn, "0abc"],
    ["%2u", 12345n, "12345"],
    ["%s", "text", "text"],
    ["%6s", "text", "  text"],
    ["%.2s", "text", "te"],
  ])("%s has a value in its place", (format, value, text) => {
    expect(messageText(`<${format}>`, [value])).toBe(`<${text}>`);
  });

  it("has its values in their order, and %% as one percent sign that takes none", () => {
    expect(messageText("%u %% %x %s", [1n, 0xffn, "a"])).toBe("1 % ff a");
  });

  it.each([
    ["no value is left", "%u %u", [1n], "1 %u"],
    ["the value is a text", "%u", ["a"], "%u"],
    ["the value is a number", "%s", [1n], "%s"],
    ["the kind is not known", "%q %c", [1n], "%q %c"],
  ] as const)("keeps a place as it is where %s", (_, format, values, text) => {
    expect(messageText(format, values)).toBe(text);
  });

  it("has 1,000 characters at most", () => {
    expect(messageText("%999u", [1n])).toHaveLength(999);
    expect(messageText(`%999u${"x".repeat(10)}`, [1n])).toHaveLength(1000);
  });
});
