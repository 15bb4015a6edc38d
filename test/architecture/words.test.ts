import { describe, expect, it } from "vitest";
import { parse } from "../../tools/lib/sources.mjs";
import { replacedWords } from "../../tools/lib/words.mjs";

const found = (text: string, path = "src/a.ts") =>
  replacedWords([{ path, ast: parse(path, text) }]).map(({ where, word }) => `${where} ${word}`);

describe("replacedWords", () => {
  it.each([
    ["const swdLane = 1;", "lane"],
    ["const WISH_MS = 1;", "wish"],
    ["class C { #told = 1; }", "told"],
    ["function goOn() {}", "go on"],
    ["interface I { readonly owed: boolean }", "owed"],
    ["const f = (stretch: number) => 1;", "stretch"],
    ["const { a: heard } = b;", "heard"],
    ["type TelnetWish = 1;", "wish"],
  ])("reports the declared identifier in %s", (text, word) => expect(found(text)).toEqual([`identifier ${word}`]));

  it.each([
    ['it("tells nobody", () => {});', "title tell"],
    ['it.each([1, 2])("is told %i", () => {});', "title told"],
    ['describe.skipIf(true)("the story", () => {});', "title story"],
    ["test(`a $" + "{unit} greets`, () => {});", "title greet"],
  ])("reports the title in %s", (text, start) => expect(found(text)[0]).toMatch(start));

  it("reports a check's title property in tests only", () => {
    const text = 'export const check = { title: "lsusb meets the probe" };';
    expect(found(text, "test/vm/checks.ts")).toEqual(["title meets"]);
    expect(found(text)).toEqual([]);
  });

  it("reports a file name", () => expect(found("", "src/swd-lane.ts")).toEqual(["file lane"]));

  it.each([
    "const byteLanes = 1;",
    "const DATA_ORDER = 1;",
    "import { lane } from 'x';",
    "x.lane = 1;",
    'const text = "lane";',
    "const plane = 1;",
    'it("returns the words in order", () => {});',
    'it("writes in byte order", () => {});',
  ])("accepts %s", (text) => expect(found(text)).toEqual([]));

  it("accepts phrase in the flash controller and reports it elsewhere", () => {
    expect(found("const phrase = 1;", "src/twin/chip/flash/a.ts")).toEqual([]);
    expect(found("const phrase = 1;", "src/adi/a.ts")).toEqual(["identifier phrase"]);
  });

  it("reports a word beside an allowed one", () =>
    expect(found('it("sends the order in byte order", () => {});')).toEqual(["title order"]));
});
