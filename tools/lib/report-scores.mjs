// @ts-check
// How the diagnosis of a public report is graded against its true cause.

/**
 * A public report: where it is, the SHA-256 of its text, the causes that name its true one, and that one in words.
 * @typedef {{ address: string, sha256: string, expected: readonly string[], truth: string, tool: string, family: string }} Report
 */
/** @typedef {"first" | "three" | "late" | "silent" | "wrong"} Grade */
/** @typedef {{ grade: Grade, falseCertain: boolean, falseFine: boolean, said: string }} Score */

const { diagnoseLog } = await import("../../src/doctor/logs/diagnose-log.ts");

/** The sets of reports, each a file of test/cases/reports, in the order in which they were collected. */
export const REPORT_SETS = ["open", "frozen", "second"];

/** Causes that name none: the log is not understood, or says only that something failed. */
const SILENT = new Set(["unknown", "not-understood", "no-outcome", "failed-unexplained"]);

/** @param {Report} report @param {string} text @returns {Score} */
export function scoreOf({ expected }, text) {
  const { causes, verdict } = diagnoseLog(text);
  const ids = causes.map(({ id }) => id);
  const right = ids.findIndex((id) => expected.includes(id));
  return {
    grade: gradeOf(ids, right),
    falseCertain: causes.some(({ id, likelihood }) => likelihood === "certain" && !expected.includes(id)),
    falseFine: verdict === "fine",
    said: causes.map(({ id, likelihood }) => `${id} (${likelihood})`).join(", "),
  };
}

/** @param {readonly string[]} ids @param {number} right @returns {Grade} */
function gradeOf(ids, right) {
  if (right === 0) return "first";
  if (right > 0 && right < 3) return "three";
  if (right >= 3) return "late";
  return SILENT.has(ids[0]) ? "silent" : "wrong";
}

/** @param {readonly Score[]} scores */
export function addScores(scores) {
  const count = (/** @type {(score: Score) => boolean} */ test) => scores.filter(test).length;
  return {
    first: count(({ grade }) => grade === "first"),
    three: count(({ grade }) => grade === "first" || grade === "three"),
    late: count(({ grade }) => grade === "late"),
    silent: count(({ grade }) => grade === "silent"),
    wrong: count(({ grade }) => grade === "wrong"),
    falseCertain: count(({ falseCertain }) => falseCertain),
    falseFine: count(({ falseFine }) => falseFine),
  };
}
