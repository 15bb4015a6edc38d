import { existsSync, readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { foldersWithTests } from "../../../tools/mutate/shares.mjs";
import { stagesOf } from "../../../tools/mutate/tests-of.mjs";

describe("the tests that judge the mutants of a folder", () => {
  it.each(foldersWithTests())("of src/%s are in folders that exist, its unit tests first", (folder) => {
    const [first, ...rest] = stagesOf(folder);
    expect(first).toEqual([`test/unit/${folder}/**/*.test.ts`]);
    for (const pattern of rest.flat()) {
      const path = dirname(pattern).replace("/**", "");
      expect(existsSync(path)).toBe(true);
      const [begin = "", end = begin] = basename(pattern).split("*");
      expect(readdirSync(path).some((name) => name.startsWith(begin) && name.endsWith(end))).toBe(true);
    }
  });
});
