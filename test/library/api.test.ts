import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { apiReport, undocumentedMembers } from "../../tools/lib/api-report.mjs";

describe("the public entries", () => {
  it("are what api/flashproof.api.txt has: node tools/gen-api.mjs writes it anew", () => {
    expect(readFileSync("api/flashproof.api.txt", "utf8")).toBe(apiReport());
  });

  it("export the functions of the library, with types for all that they take and return", () => {
    const names = [..."connect createTwin explainImage flashImage planFlash readImage".split(" ")];
    for (const name of names) expect(apiReport()).toMatch(new RegExp(`export declare (function|const) ${name}\\b`));
    expect(apiReport()).not.toMatch(/\bany\b/);
  });

  it("have a docstring for every member", () => expect(undocumentedMembers()).toEqual([]));

  it.each(["connect", "createTwin", "explainImage", "flashImage", "planFlash", "readImage"])(
    "have an example for %s",
    (name) => {
      const files = ["src/entry/node.ts", "src/entry/library.ts", "src/twin/usb.ts"];
      const text = files.map((file) => readFileSync(file, "utf8")).join("\n");
      expect(text).toMatch(new RegExp(`@example(?:(?!\\*/)[^])*\\*/\\s*export (async )?(function|const) ${name}\\b`));
    },
  );
});

describe("the README's program", () => {
  it("is examples/library/flash.mts, which the tests of the packed library run", () => {
    const [, program] = /```ts\n([\s\S]*?)```/.exec(readFileSync("README.md", "utf8")) ?? [];
    expect(program).toBe(readFileSync("examples/library/flash.mts", "utf8"));
  });
});
