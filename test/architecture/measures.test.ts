import { describe, expect, it } from "vitest";
import { undocumentedExports } from "../../tools/lib/exports.mjs";
import { measureFunctions, percentile } from "../../tools/lib/functions.mjs";
import { faultsIn } from "../../tools/lib/private-words.mjs";
import { parse } from "../../tools/lib/sources.mjs";

const source = (text: string) => [{ path: "a.ts", ast: parse("a.ts", text) }];

describe("an undocumented export", () => {
  const undocumented = (text: string) => undocumentedExports(source(text)).length;

  it("is a function without a doc comment", () => expect(undocumented("export function f() {}")).toBe(1));
  it("is a constant, a type, a class without a word", () =>
    expect(undocumented("export const a = 1;\nexport type T = 1;\nexport class C {}")).toBe(3));
  it("has a comment that isn't a doc comment", () => expect(undocumented("// f\nexport function f() {}")).toBe(1));
  it("has an empty doc comment", () => expect(undocumented("/** */\nexport const a = 1;")).toBe(1));
  it("isn't one with a sentence", () => expect(undocumented("/** Adds. */\nexport function f() {}")).toBe(0));
  it("isn't a declaration that stays inside", () => expect(undocumented("function f() {}")).toBe(0));
  it("isn't a later overload", () =>
    expect(undocumented("/** Adds. */\nexport function f(a: 1): 1;\nexport function f(a: 2): 2;")).toBe(0));
  it("isn't one that is passed on", () => expect(undocumented('export * from "./b.ts";')).toBe(0));
});

describe("the length of functions", () => {
  const lengths = (text: string) => measureFunctions(source(text)).map(({ name, lines }) => `${name} ${lines}`);

  it("counts from the signature to the closing brace", () =>
    expect(lengths("/** Doc. */\nfunction f() {\n  return 1;\n}")).toEqual(["f 3"]));
  it("counts methods, accessors and named arrow functions", () =>
    expect(lengths("class C { m() {} get a() { return 1; } }\nconst g = () => 1;")).toEqual(["m 1", "a 1", "g 1"]));
  it("leaves out what has no body", () =>
    expect(lengths("declare function f(): void;\ninterface I { m(): void }")).toEqual([]));
  it("leaves out functions without a name", () => expect(lengths("[1].map((x) => x);")).toEqual([]));
});

describe("a percentile", () => {
  it("is the value at the nearest rank", () => expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3));
  it("of 100 % is the largest value", () => expect(percentile([3, 9, 1], 1)).toBe(9));
  it("of nothing is empty or 0", () => expect(percentile([], 0.9)).toBe(0));
});

describe("a name of the machine", () => {
  const named = (line: string) => faultsIn("a.md", line).length;
  // Put together here, so that the check doesn't find this file.
  const folder = (name: string) => `/${name}/somebody/file`;

  it("is a path in a home folder", () => expect(named(`see ${folder("home")}`)).toBe(1));
  it("is a path in the folder for temporary files", () => expect(named(`"${folder("tm" + "p")}"`)).toBe(1));
  it("is a registry's host", () => expect(named(`https://registry${".example"}.org/x`)).toBe(1));
  it("isn't a relative path", () => expect(named("see docs/home/index.md and ./tmp/x")).toBe(0));
  it("isn't a variable's folder", () => expect(named("$TMPDIR/tmp/x")).toBe(0));
});
