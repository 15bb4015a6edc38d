// @ts-check
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { inProject, root } from "../lib/project.mjs";

/**
 * A folder of src whose mutants are to be judged; `files` where only those of some of its files are.
 *
 * @typedef {{ folder: string, files?: readonly string[] }} Share
 */

/** @param {readonly string[]} words */
const git = (words) =>
  execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    .split("\n")
    .filter(Boolean);

/** The folders that have unit tests of their own. */
export const foldersWithTests = () =>
  readdirSync(inProject("src")).filter((name) => existsSync(inProject("test", "unit", name)));

/**
 * What is worth judging now: the files that differ from a commit, by their folders, and behind them one folder more, another
 * one with each commit. Where git doesn't know the commit, as in a shallow clone, only the latter.
 *
 * @param {string} since @returns {{ shares: readonly Share[], seed: number }}
 */
export function sharesSince(since) {
  const folders = foldersWithTests();
  const seed = Number(git(["rev-list", "--count", "HEAD"])[0]);
  const changed = changedSince(since);
  const own = folders.flatMap((folder) => {
    const files = changed.filter((name) => name.startsWith(`src/${folder}/`) && name.endsWith(".ts"));
    return files.length > 0 ? [{ folder, files }] : [];
  });
  return { shares: [...own, { folder: folders[seed % folders.length] }], seed };
}

/** @param {string} since @returns {readonly string[]} */
function changedSince(since) {
  try {
    return git(["diff", "--name-only", "--diff-filter=d", `${since}...HEAD`, "--", "src"]);
  } catch {
    return [];
  }
}
