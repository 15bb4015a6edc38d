import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable, printableLine } from "../../../src/base/printable.ts";

/** By number, so that the test does not share the product's expression. */
const isObeyed = (code: number): boolean =>
  (code < 0x20 && code !== 0x0a && code !== 0x09) ||
  (code >= 0x7f && code <= 0x9f) ||
  [0x61c, 0x200e, 0x200f, 0x2028, 0x2029].includes(code) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069);

const codes = (text: string): readonly number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

describe("printable", () => {
  it.each([
    ["\u001b[2J", "\\u001b[2J"],
    ["\u001b]0;title\u0007", "\\u001b]0;title\\u0007"],
    ["\u001b]8;;http://x\u001b\\link", "\\u001b]8;;http://x\\u001b\\link"],
    ["\u001b]52;c;QUJD\u0007", "\\u001b]52;c;QUJD\\u0007"],
    ["\u009b31m\u0085", "\\u009b31m\\u0085"],
    ["a\rb\bc\u007f\0", "a\\u000db\\u0008c\\u007f\\u0000"],
    ["\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066"],
    ["one\ttwo\n", "one\ttwo\n"],
    ["Größe 5 µs → ok, C:\\new", "Größe 5 µs → ok, C:\\new"],
  ])("writes %j as %j", (given, wanted) => expect(printable(given)).toBe(wanted));

  it("leaves no character of any text that a terminal obeys, and is the same when it is done twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }), (text) => {
        const shown = printable(text);
        expect(codes(shown).filter(isObeyed)).toEqual([]);
        expect(printable(shown)).toBe(shown);
      }),
    );
  });

  it("changes every obeyed character and no other of the basic plane", () => {
    for (let code = 0; code < 0x10000; code++) {
      const character = String.fromCharCode(code);
      expect(printable(character) !== character, code.toString(16)).toBe(isObeyed(code));
    }
  });

  it("keeps JSON valid, with the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(printable(text))).toEqual(JSON.parse(text));
      }),
    );
    const all = String.fromCharCode(...Array.from({ length: 0x2100 }, (_, i) => i));
    expect(JSON.parse(printable(JSON.stringify(all)))).toBe(all);
  });

  it("keeps one line one line", () => {
    expect(printableLine("a\nerror: b\r\n")).toBe("a\\nerror: b\\u000d\\n");
  });
});
