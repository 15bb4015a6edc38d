// @ts-check
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runVitest } from "./vitest-process.mjs";

/**
 * So many ms of CPU of one test file judge a mutant: of the tests that reach it the quickest are run, and at least one. What
 * only the others would notice counts as not noticed.
 */
export const TESTS_A_MUTANT = 2_000;

/** What a test file came to without a mutant: `cpu` and `took` in ms, the latter by the wall's clock. */
/** @typedef {{ test: string, cpu: number, took: number, reached: readonly string[] }} RecordedTest */
/** @typedef {{ path: string, outside: readonly string[], byTest: readonly RecordedTest[] }} Recorded */

/**
 * One test file: which mutants it reaches, each with the tests that judge it, and how long those take at most: `cpu` those of
 * one mutant, `took` and `slowest` all of them and the slowest one by the wall's clock, in ms.
 *
 * @typedef {{ path: string, cpu: number, took: number, slowest: number, mutants: ReadonlyMap<string, readonly string[]> }} TestFile
 */

let runs = 0;

/**
 * Runs test files once without a mutant, where each test has to pass, and notes which of them reach which mutant.
 *
 * @param {string} path the mutated copy @param {readonly string[]} tests patterns of test files
 * @param {{ processors: number, until: number }} limits
 * @returns {Promise<readonly TestFile[] | undefined>} the quickest first; undefined where that was not done by `until`
 * @throws Error with what Vitest printed, where a test fails
 */
export async function testFilesOf(path, tests, { processors, until }) {
  const coverage = mkdtempSync(join(path, "mutate-coverage-"));
  const log = join(path, `mutate-without-${runs++}.log`);
  const env = { MUTATE_COVERAGE: coverage };
  const more = ["--bail", "1", "--maxWorkers", String(processors)];
  const code = await runVitest({ path, tests, more, env, log }, { until });
  if (code === null && Date.now() > until) return undefined;
  if (code !== 0) throw new Error(`${tests.join(", ")} fail without a mutant:\n${readFileSync(log, "utf8")}`);
  return readdirSync(coverage)
    .map((name) => testFileOf(JSON.parse(readFileSync(join(coverage, name), "utf8"))))
    .sort((a, b) => a.cpu - b.cpu);
}

/**
 * A mutant that is reached outside of tests is judged by any of them.
 *
 * @param {Recorded} recorded @returns {TestFile}
 */
export function testFileOf({ path, outside, byTest }) {
  const quickest = [...byTest].sort((a, b) => a.cpu - b.cpu);
  /** @type {Map<string, RecordedTest[]>} */
  const reaching = new Map(outside.map((id) => [id, quickest]));
  for (const one of quickest)
    for (const id of one.reached) {
      const tests = reaching.get(id);
      if (tests === undefined) reaching.set(id, [one]);
      else if (tests !== quickest) tests.push(one);
    }
  const judging = new Map([...reaching].map(([id, tests]) => [id, affordable(tests)]));
  const sum = (/** @type {readonly number[]} */ numbers) => numbers.reduce((total, one) => total + one, 0);
  const most = (/** @type {(tests: readonly RecordedTest[]) => number} */ measure) =>
    Math.max(0, ...[...new Set(judging.values())].map(measure));
  return {
    path,
    cpu: most((all) => sum(all.map(({ cpu }) => cpu))),
    took: most((all) => sum(all.map(({ took }) => took))),
    slowest: most((all) => Math.max(0, ...all.map(({ took }) => took))),
    mutants: new Map([...judging].map(([id, all]) => [id, all.map(({ test }) => test)])),
  };
}

/** @param {readonly RecordedTest[]} quickest @returns {readonly RecordedTest[]} */
function affordable(quickest) {
  let cpu = 0;
  return quickest.filter((one, i) => {
    cpu += one.cpu;
    return i === 0 || cpu <= TESTS_A_MUTANT;
  });
}
