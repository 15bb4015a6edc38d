// @ts-check
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runVitest } from "./vitest-process.mjs";

/** No mutant has this id: the tests that failed with one run again, and have to pass. It is asked last, so that it shows what the mutants left. */
const NO_MUTANT = "none";
/** Beyond ten times what the slowest test took without a mutant, plus this, a test hangs: that is noticed, too. */
const TEST_PATIENCE = 10;
const SOME_SECONDS = 5_000;
/** A process that answers nothing for so long hangs in a loop that never gives back. */
const PROCESS_PATIENCE = 3;
const HALF_MINUTE = 30_000;

/** @typedef {import("./test-files.mjs").TestFile} TestFile */
/** What one mutant came to: `failed` are the tests that did, or where the file itself failed those that were to run. */
/** @typedef {{ id: string, isNoticed: boolean, failed: readonly string[] }} Answer */

/**
 * Those of some mutants that one test file notices: a test fails, the file does not load, or it hangs. They are switched on one
 * after another in one process; one that hangs ends it, and the rest have a new one.
 *
 * @param {string} path the mutated copy @param {TestFile} file @param {readonly string[]} ids that the file reaches
 * @param {number} until @returns {Promise<ReadonlySet<string> | undefined>} undefined where that was not done in time
 * @throws Error where a test that failed with a mutant fails without one, too
 */
export async function noticedBy(path, file, ids, until) {
  /** @type {Set<string>} */
  const noticed = new Set();
  /** @type {Set<string>} */
  const failed = new Set();
  for (let waiting = [...ids]; ; ) {
    const answers = await answersOf(path, file, waiting, failed, until);
    if (Date.now() > until) return undefined;
    for (const answer of answers.filter(({ isNoticed }) => isNoticed)) {
      noticed.add(answer.id);
      for (const test of answer.failed) failed.add(test);
    }
    if (noticed.has(NO_MUTANT)) throw new Error(`${file.path} fails without a mutant, after ${ids}: no score is one.`);
    if (answers.length > waiting.length) return noticed;
    const hung = waiting[answers.length];
    if (!hung) throw new Error(`${file.path} hangs without a mutant, after ${ids}: no score is one.`);
    noticed.add(hung);
    for (const test of file.mutants.get(hung) ?? []) failed.add(test);
    waiting = waiting.slice(answers.length + 1);
  }
}

let asked = 0;

/**
 * @param {string} path @param {TestFile} file @param {readonly string[]} ids
 * @param {ReadonlySet<string>} failed the tests that failed with a mutant in processes before
 * @param {number} until
 * @returns {Promise<readonly Answer[]>} in the same order, NO_MUTANT's last; fewer where one of them hangs
 */
async function answersOf(path, { path: test, took, slowest, mutants }, ids, failed, until) {
  const question = join(path, `mutate-asked-${asked++}.json`);
  const answers = `${question}l`;
  const testTimeout = TEST_PATIENCE * slowest + SOME_SECONDS;
  const list = ids.map((id) => ({ id, tests: mutants.get(id) ?? [] }));
  writeFileSync(
    question,
    JSON.stringify({ answers, testTimeout, mutants: list, failed: [...failed], last: NO_MUTANT }),
  );
  const read = () => (existsSync(answers) ? readFileSync(answers, "utf8").split("\n").filter(Boolean) : []);
  const log = `${question}.log`;
  const code = await runVitest(
    { path, tests: [test], env: { MUTATE_ASKED: question }, log },
    { until, patience: PROCESS_PATIENCE * took + testTimeout + HALF_MINUTE, progress: () => read().length },
  );
  const given = read();
  if (given.length === 0 && code !== null)
    throw new Error(`${test} ended before it judged a mutant:\n${readFileSync(log, "utf8")}`);
  return given.map((line) => JSON.parse(line));
}
