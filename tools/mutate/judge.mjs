// @ts-check
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** No mutant has this id: all tests of a file run, and have to pass. It is asked last, so that it shows what the others left. */
const NO_MUTANT = "none";
/** Beyond ten times what the slowest test took without a mutant, plus this, a test hangs: that is noticed, too. */
const TEST_PATIENCE = 10;
const SOME_SECONDS = 5_000;
/** A process that answers nothing for so long hangs in a loop that never gives back. */
const PROCESS_PATIENCE = 3;
const HALF_MINUTE = 30_000;

/**
 * One test file: which mutants it reaches, with the tests that do; `null` where it does so outside of tests, so that each test
 * may depend on it. `took` and `slowest` are in ms.
 *
 * @typedef {{ path: string, took: number, slowest: number, mutants: ReadonlyMap<string, readonly string[] | null> }} TestFile
 */

/** @param {string} path @param {NodeJS.ProcessEnv} env */
const options = (path, env) => ({ cwd: path, env: { ...process.env, ...env } });
/** @param {string} path @param {readonly string[]} more */
const vitest = (path, more) => [
  join(path, "node_modules", "vitest", "vitest.mjs"),
  "run",
  ...["--config", "tools/mutate/vitest.config.ts", "--reporter", "dot"],
  ...more,
];

/**
 * Runs the tests once without a mutant, and notes which of them reach which mutant.
 *
 * @param {string} path the mutated copy @param {string} folder @param {number} processors
 * @returns {readonly TestFile[]} the quickest first
 */
export function testFilesOf(path, folder, processors) {
  const coverage = join(path, "mutate-coverage");
  mkdirSync(coverage);
  const env = { MUTATE_FOLDER: folder, MUTATE_COVERAGE: coverage };
  const done = spawnSync(process.execPath, vitest(path, ["--bail", "1", "--maxWorkers", String(processors)]), {
    ...options(path, env),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(`The tests of ${folder} fail without a mutant:\n${done.stdout}${done.stderr}`);
  return readdirSync(coverage)
    .map((name) => testFileOf(JSON.parse(readFileSync(join(coverage, name), "utf8"))))
    .sort((a, b) => a.took - b.took);
}

/**
 * @param {{ path: string, outside: readonly string[], byTest: readonly { test: string, took: number, reached: readonly string[] }[] }} recorded
 * @returns {TestFile}
 */
function testFileOf({ path, outside, byTest }) {
  /** @type {Map<string, string[] | null>} */
  const mutants = new Map(outside.map((id) => [id, null]));
  for (const { test, reached } of byTest)
    for (const id of reached) if (mutants.get(id) !== null) mutants.set(id, [...(mutants.get(id) ?? []), test]);
  const times = byTest.map(({ took }) => took);
  return { path, took: times.reduce((sum, one) => sum + one, 0), slowest: Math.max(0, ...times), mutants };
}

/**
 * Those of some mutants that one test file notices: a test fails, the file does not load, or it hangs. They are switched on one
 * after another in one process; one that hangs ends it, and the rest have a new one.
 *
 * @param {string} path @param {string} folder @param {TestFile} file @param {readonly string[]} ids that the file reaches
 * @returns {Promise<ReadonlySet<string>>}
 */
export async function noticedBy(path, folder, file, ids) {
  /** @type {Set<string>} */
  const noticed = new Set();
  let waiting = [...ids];
  while (waiting.length > 0) {
    const answers = await answersOf(path, folder, file, waiting);
    for (const { id, isNoticed } of answers) if (isNoticed) noticed.add(id);
    if (noticed.has(NO_MUTANT))
      throw new Error(`${file.path} fails without a mutant, after ${waiting}: no score is one.`);
    const hung = waiting[answers.length];
    if (hung) noticed.add(hung);
    waiting = waiting.slice(answers.length + 1);
  }
  return noticed;
}

let asked = 0;

/**
 * @param {string} path @param {string} folder @param {TestFile} file @param {readonly string[]} ids
 * @returns {Promise<readonly { id: string, isNoticed: boolean }[]>} in the same order; fewer where one of them hangs
 */
async function answersOf(path, folder, { path: test, took, slowest, mutants }, ids) {
  const question = join(path, `mutate-asked-${asked++}.json`);
  const answers = `${question}l`;
  const list = [...ids.map((id) => ({ id, tests: mutants.get(id) ?? null })), { id: NO_MUTANT, tests: null }];
  const testTimeout = TEST_PATIENCE * slowest + SOME_SECONDS;
  writeFileSync(question, JSON.stringify({ answers, testTimeout, mutants: list }));
  const env = { MUTATE_FOLDER: folder, MUTATE_ASKED: question };
  // A group of its own: a mutant that hangs does so in a process of Vitest's, which is to end with it.
  const child = spawn(process.execPath, vitest(path, [test]), {
    ...options(path, env),
    stdio: "ignore",
    detached: true,
  });
  const read = () => (existsSync(answers) ? readFileSync(answers, "utf8").split("\n").filter(Boolean) : []);
  await endOf(child, () => read().length, PROCESS_PATIENCE * took + testTimeout + HALF_MINUTE);
  const given = read();
  if (given.length === 0 && list.length > 1 && child.exitCode !== null)
    throw new Error(`${test} ended before it judged a mutant.`);
  return given.map((line) => JSON.parse(line)).slice(0, list.length);
}

/**
 * Until a child ends, or is ended with all that it has started because nothing came of it for `patience` ms.
 *
 * @param {import("node:child_process").ChildProcess} child @param {() => number} progress @param {number} patience
 * @returns {Promise<void>}
 */
function endOf(child, progress, patience) {
  return new Promise((resolve) => {
    let [last, since] = [0, Date.now()];
    const look = setInterval(() => {
      const now = progress();
      if (now !== last) [last, since] = [now, Date.now()];
      else if (Date.now() - since > patience) killAll(child);
    }, 1000);
    child.on("exit", () => {
      clearInterval(look);
      killAll(child);
      resolve();
    });
  });
}

/** Ends a Vitest with the processes that it has started. @param {import("node:child_process").ChildProcess} child */
function killAll({ pid }) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The whole group has ended by itself.
  }
}
