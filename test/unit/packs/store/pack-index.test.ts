import { describe, expect, it } from "vitest";
import { compareVersions, readPackIndex } from "../../../../src/packs/store/pack-index.ts";

const index = (...entries: readonly string[]) =>
  readPackIndex(new TextEncoder().encode(`<index><pindex>${entries.join("")}</pindex></index>`));
const entry = (more: { readonly [attribute: string]: string } = {}) => {
  const all = { vendor: "Made", name: "Up_DFP", version: "1.2.3", url: "https://made.example/packs/", ...more };
  return `<pdsc ${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ")}/>`;
};

describe("a vendor's index", () => {
  it("has the id, the version and the folder of each pack", () => {
    expect(index(entry(), entry({ name: "Other", url: "https://made.example/o" }))).toEqual([
      { id: "Made.Up_DFP", version: "1.2.3", url: "https://made.example/packs/" },
      { id: "Made.Other", version: "1.2.3", url: "https://made.example/o/" },
    ]);
  });

  it("has all packs of all of its lists", () => {
    const text = `<index><pindex>${entry()}</pindex><pindex>${entry({ name: "B" })}</pindex></index>`;
    expect(readPackIndex(new TextEncoder().encode(text)).map(({ id }) => id)).toEqual(["Made.Up_DFP", "Made.B"]);
  });

  it.each([
    ["vendor", ""],
    ["vendor", "a/b"],
    ["vendor", "/a"],
    ["name", "a b"],
    ["name", ".."],
    ["name", "a..b"],
    ["name", "x".repeat(129)],
    ["version", "1.0 "],
    ["version", ""],
    ["url", ""],
  ])("leaves an entry out whose %s is '%s'", (attribute, value) => {
    expect(index(entry({ [attribute]: value }), entry())).toHaveLength(1);
  });

  it("leaves an entry out without its attributes, and takes names of 128 characters", () => {
    expect(index("<pdsc/>", `<pdsc vendor="a" name="b" version="1"/>`)).toEqual([]);
    expect(index(entry({ name: `x.+-${"_".repeat(124)}` }))).toHaveLength(1);
  });

  it("is refused where it is another document", () => {
    expect(() => readPackIndex(new TextEncoder().encode("<package/>"))).toThrow(
      expect.objectContaining({ code: "pack-invalid", message: expect.stringContaining("<package>") }),
    );
  });
});

describe("versions of packs", () => {
  it("ascend by their numbers, with release candidates before the release", () => {
    const ascending = [
      "0.9",
      "1.0.0-alpha",
      "1.0.0-beta",
      "1.0.0-rc1",
      "1.0.0",
      "1.0.1",
      "1.2.0",
      "1.10.0",
      "2",
      "10.0",
    ];
    for (const [i, a] of ascending.entries())
      for (const [j, b] of ascending.entries())
        expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(i - j)]);
  });

  it.each([
    ["1.0", "1.0.0"],
    ["1.0.0", "1"],
    ["1.2.3+build", "1.2.3"],
    ["1.2.3-rc1+a", "1.2.3-rc1+b"],
    ["1.2.3+a\nb", "1.2.3"],
  ])("%s and %s are the same", (a, b) => {
    expect([compareVersions(a, b), compareVersions(b, a)].map(Math.abs)).toEqual([0, 0]);
  });
});
