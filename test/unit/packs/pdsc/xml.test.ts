import { describe, expect, it } from "vitest";
import { numberOf, word } from "../../../../src/packs/pdsc/attributes.ts";
import { readXml } from "../../../../src/packs/pdsc/xml.ts";

const read = (text: string, isKept?: (path: string) => boolean) => readXml(new TextEncoder().encode(text), isKept);
const tooMany = (what: string) =>
  expect.objectContaining({ code: "pack-too-large", details: expect.objectContaining({ what }) });

describe("an XML document", () => {
  it("is a tree of elements with attributes, text and lines", () => {
    expect(read('<a>\n<b x="1">t<![CDATA[<u>]]>v</b>\n<c/></a>')).toMatchObject({
      name: "a",
      line: 1,
      text: "",
      children: [
        { name: "b", attributes: { x: "1" }, text: "t<u>v", line: 2, children: [] },
        { name: "c", attributes: {}, text: "", line: 3 },
      ],
    });
  });

  it("is without what is not kept, and all in it, but for the root", () => {
    const kept = (path: string) => /^a\/(b|d)/.test(path);
    const root = read("<a>1<b>2<c>3</c></b><x>4<b>5</b></x><d/></a>", kept);
    expect(root.children.map(({ name, text }) => name + text)).toEqual(["b2", "d"]);
    expect(root.children[0].children.map(({ name }) => name)).toEqual(["c"]);
    expect(read("<x/>", () => false).name).toBe("x");
  });

  it("is refused without an element, and with the line of what is not well-formed", () => {
    expect(() => read("")).toThrow(expect.objectContaining({ code: "pack-invalid" }));
    expect(() => read("<a>\n</b>")).toThrow(
      expect.objectContaining({ code: "pack-invalid", details: { reason: "xml", line: 2 } }),
    );
  });

  it("nests 64 deep at most, what is left out included", () => {
    const nested = (depth: number) => "<a>".repeat(depth) + "</a>".repeat(depth);
    for (const isKept of [() => true, () => false]) {
      expect(() => read(nested(64), isKept)).not.toThrow();
      expect(() => read(nested(65), isKept)).toThrow(tooMany("elements inside one another"));
    }
  });

  it("has 64 attributes an element at most", () => {
    const many = (count: number) => `<a ${Array.from({ length: count }, (_, i) => `a${i}="1"`).join(" ")}/>`;
    expect(Object.keys(read(many(64)).attributes)).toHaveLength(64);
    expect(() => read(many(65))).toThrow(tooMany("attributes in <a>"));
  });

  it("has 150,000 elements that are kept at most", () => {
    const many = (count: number) => `<a>${"<b/>".repeat(count - 1)}</a>`;
    expect(read(many(150_000)).children).toHaveLength(149_999);
    expect(() => read(many(150_001))).toThrow(tooMany("elements of devices"));
    expect(() => read(many(150_001), () => false)).not.toThrow();
  });
});

describe("a number of a pack's description", () => {
  it.each([
    ["12", 12],
    [" 0x1F ", 31],
    ["0X1f", 31],
    ["007", 7],
    ["0xFFFFFFFF", 0xffff_ffff],
  ])("'%s' is %i", (n, value) => {
    expect(numberOf({ n }, "n")).toBe(value);
  });

  it("is none where it is absent or empty", () => {
    expect([numberOf({}, "n"), numberOf({ n: "" }, "n"), numberOf({ n: " " }, "n")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(["1.5", "-1", "1e3", "0x", "x12", "12x", "0x1G", "99999999999999999999"])("is refused as '%s'", (n) => {
    expect(() => numberOf({ n }, "n")).toThrow(
      expect.objectContaining({ code: "pack-invalid", details: { reason: "number", attribute: "n" } }),
    );
  });

  it("has to be there where a word of 32 bits is wanted, which may be one beyond the last address", () => {
    expect(word({ n: "0x100000000" }, "n", "A thing")).toBe(0x1_0000_0000);
    expect(() => word({ n: "0x100000001" }, "n", "A thing")).toThrow(expect.objectContaining({ code: "pack-invalid" }));
    expect(() => word({}, "n", "A thing")).toThrow(
      expect.objectContaining({ message: "A thing has no n", details: { reason: "attribute", attribute: "n" } }),
    );
  });
});
