// @ts-check
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Beyond this many times what the tests take without a mutant, plus a minute, they hang: that is noticed, too. */
const PATIENCE = 5;
const MINUTE = 60_000;

/** @typedef {{ path: string, folder: string, took: number, testsOf: ReadonlyMap<string, readonly string[]> }} Judge */

/** @param {string} path @param {string} folder @param {readonly string[]} files @param {NodeJS.ProcessEnv} env @param {number} [timeout] */
function vitest(path, folder, files, env, timeout) {
  const program = join(path, "node_modules", "vitest", "vitest.mjs");
  const args = [
    program,
    "run",
    "--config",
    "tools/mutate/vitest.config.ts",
    "--bail",
    "1",
    "--reporter",
    "dot",
    ...files,
  ];
  const options = {
    cwd: path,
    env: { ...process.env, MUTATE_FOLDER: folder, ...env },
    timeout,
    killSignal: /** @type {const} */ ("SIGKILL"),
  };
  return spawnSync(process.execPath, args, { ...options, encoding: "utf8", maxBuffer: 1 << 28 });
}

/**
 * Runs the tests once without a mutant, and notes which of their files reach which mutant.
 *
 * @param {string} path @param {string} folder
 * @returns {Judge}
 */
export function prepareJudge(path, folder) {
  const coverage = join(path, "mutate-coverage");
  mkdirSync(coverage);
  const begun = Date.now();
  const done = vitest(path, folder, [], { MUTATE_COVERAGE: coverage });
  if (done.status !== 0) throw new Error(`The tests of ${folder} fail without a mutant:\n${done.stdout}${done.stderr}`);
  /** @type {Map<string, string[]>} */
  const testsOf = new Map();
  for (const name of readdirSync(coverage)) {
    const { path: test, reached } = JSON.parse(readFileSync(join(coverage, name), "utf8"));
    for (const id of reached) testsOf.set(id, [...(testsOf.get(id) ?? []), test]);
  }
  return { path, folder, took: Date.now() - begun, testsOf };
}

/**
 * Whether a test notices the mutant: one fails, or they hang. What no test reaches is not noticed.
 *
 * @param {Judge} judge @param {string} id
 */
export function isNoticed({ path, folder, took, testsOf }, id) {
  const files = testsOf.get(id) ?? [];
  if (files.length === 0) return false;
  const done = vitest(path, folder, files, { __STRYKER_ACTIVE_MUTANT__: id }, PATIENCE * took + MINUTE);
  return done.status !== 0;
}
