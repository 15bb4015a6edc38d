// @ts-check
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { inProject, root } from "../lib/project.mjs";

/**
 * What one sample came to: `low` and `high` are the ends of its 95 % interval, `marked` the mutants of the folder that are
 * marked as equivalent.
 *
 * @typedef {{ folder: string, seed: number, count: number, noticed: number, low: number, high: number, marked: number }} Score
 */

const PATH = inProject("tools", "mutate", "scores.json");

/** Keeps a score, with the commit that it is of, in place of one of the same folder and seed. @param {Score} score */
export function recordScore({ low, high, ...score }) {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const percent = (/** @type {number} */ share) => Math.round(1000 * share) / 10;
  const own = {
    ...score,
    percent: percent(score.noticed / score.count),
    low: percent(low),
    high: percent(high),
    commit,
  };
  const all = scores().filter(({ folder, seed }) => folder !== score.folder || seed !== score.seed);
  const sorted = [...all, own].sort((a, b) => a.folder.localeCompare(b.folder) || a.seed - b.seed);
  writeFileSync(PATH, `[\n${sorted.map((one) => `  ${JSON.stringify(one)}`).join(",\n")}\n]\n`);
}

/** @returns {(Score & { percent: number, commit: string })[]} */
function scores() {
  try {
    return JSON.parse(readFileSync(PATH, "utf8"));
  } catch {
    return [];
  }
}
