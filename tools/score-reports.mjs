// @ts-check
// `node tools/score-reports.mjs FOLDER [--show]`: what `explain` says of the public reports of test/cases/reports. Their
// texts belong to those who wrote them and are not in the repository: FOLDER has them as files, found by their SHA-256.
// Prints the scores of each set; --show prints each report that is not right of every set but the frozen one,
// and --write keeps the scores in test/cases/reports/scores.json, from where the page in docs has them.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import "./lib/ts-loader.mjs";
import { inProject, say } from "./lib/project.mjs";
import { addScores, REPORT_SETS, scoreOf } from "./lib/report-scores.mjs";

const [folder] = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const show = process.argv.includes("--show");

if (folder === undefined || !existsSync(folder)) {
  say(
    `skipped: ${folder ?? "no folder was given"}${folder === undefined ? "" : " does not exist"}; the texts of the reports are not in the repository`,
  );
} else {
  const texts = textsOf(folder);
  const sets = REPORT_SETS.map((set) => ({ set, scores: scoresOf(set, texts) }));
  const named = [...sets, { set: "all", scores: sets.flatMap(({ scores }) => scores) }];
  for (const { set, scores } of named) print(set, scores);
  if (process.argv.includes("--write")) keep(named);
}

/** Writes the scores of now beside those from before the tuning. @param {readonly { set: string, scores: readonly Scored[] }[]} named */
function keep(named) {
  const path = inProject("test", "cases", "reports", "scores.json");
  const kept = JSON.parse(readFileSync(path, "utf8"));
  const now = named.map(({ set, scores }) => [
    set,
    { reports: scores.length, ...addScores(scores.map(({ score }) => score)) },
  ]);
  writeFileSync(path, `${JSON.stringify({ ...kept, now: Object.fromEntries(now) }, null, 2)}\n`);
}

/** The files of a folder by their SHA-256. @param {string} path @returns {Map<string, string>} */
function textsOf(path) {
  return new Map(
    readdirSync(path).map((name) => {
      const bytes = readFileSync(join(path, name));
      return [createHash("sha256").update(bytes).digest("hex"), bytes.toString("utf8")];
    }),
  );
}

/**
 * @typedef {{ report: import("./lib/report-scores.mjs").Report, score: import("./lib/report-scores.mjs").Score }} Scored
 */

/** @param {string} set @param {Map<string, string>} texts @returns {Scored[]} */
function scoresOf(set, texts) {
  const reports = JSON.parse(readFileSync(inProject("test", "cases", "reports", `${set}.json`), "utf8"));
  return reports.flatMap((/** @type {import("./lib/report-scores.mjs").Report} */ report) => {
    const text = texts.get(report.sha256);
    if (text === undefined) say(`skipped: no text with the SHA-256 of ${report.address}`);
    return text === undefined ? [] : [{ report, score: scoreOf(report, text) }];
  });
}

/** @param {string} set @param {readonly Scored[]} scores */
function print(set, scores) {
  const total = addScores(scores.map(({ score }) => score));
  if (scores.length === 0) return;
  const percent = (/** @type {number} */ count) => `${count} (${((100 * count) / scores.length).toFixed(1)} %)`;
  say(
    `${set}: ${scores.length} reports, right first ${percent(total.first)}, in the first three ${percent(total.three)}, ` +
      `not listed ${total.late}, silent ${total.silent}, wrong ${percent(total.wrong)}, ` +
      `false certain ${total.falseCertain}, false "nothing failed" ${total.falseFine}`,
  );
  if (!show || set === "frozen" || set === "all") return;
  for (const { report, score } of scores)
    if (score.grade !== "first" || score.falseCertain)
      say(
        `  ${score.grade}: ${report.address}\n    expected ${report.expected.join(", ")} (${report.truth}); said ${score.said}`,
      );
}
