import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { foldersWithTests, sharesSince } from "../../../tools/mutate/shares.mjs";

/** A clone, on a machine with git: neither is needed for anything else. */
const isClone = spawnSync("git", ["rev-parse", "HEAD"]).status === 0;

describe.runIf(isClone)("what npm run mutate -- --since judges", () => {
  it("is one whole folder with tests of its own where nothing has changed, another one by the number of commits", () => {
    const { shares, seed } = sharesSince("HEAD");
    const folders = foldersWithTests();
    expect(folders).toContain("protection");
    expect(shares).toEqual([{ folder: folders[seed % folders.length] }]);
  });

  it("is that folder alone where git does not know the commit", () => {
    expect(sharesSince("no-such-commit").shares.length).toBe(1);
  });
});
