import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { foldersWithTests } from "../../../tools/mutate/shares.mjs";
import { testsOf } from "../../../tools/mutate/tests-of.mjs";

describe("the tests that judge the mutants of a folder", () => {
  it.each(foldersWithTests())("are in folders that exist, the unit tests of %s first", (folder) => {
    const [first, ...rest] = testsOf(folder).map((pattern) => pattern.replace("/**/*.test.ts", ""));
    expect(first).toBe(`test/unit/${folder}`);
    expect(rest.filter((path) => !existsSync(path))).toEqual([]);
  });
});
