// @ts-check
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Beyond this many times what all tests take without a mutant, plus half a minute, they hang: that is noticed, too. */
const PATIENCE = 2;
const HALF_MINUTE = 30_000;
/** No mutant has this id: all tests run, and have to pass. */
export const NO_MUTANT = "none";
const CONFIG = ["--config", "tools/mutate/vitest.config.ts"];

/**
 * Judges mutants of one folder, one at a time.
 *
 * @typedef {{ isNoticed(id: string): Promise<boolean>, end(): void }} Judge
 * @typedef {{ took: number, testsOf: ReadonlyMap<string, readonly string[]> }} Reached
 */

/**
 * Runs the tests once without a mutant, and notes which of their files reach which mutant.
 *
 * @param {string} path the mutated copy @param {string} folder
 * @returns {Reached}
 */
export function reachedMutants(path, folder) {
  const coverage = join(path, "mutate-coverage");
  mkdirSync(coverage);
  const begun = Date.now();
  const program = join(path, "node_modules", "vitest", "vitest.mjs");
  const env = { ...process.env, MUTATE_FOLDER: folder, MUTATE_COVERAGE: coverage };
  const args = [program, "run", ...CONFIG, "--bail", "1", "--reporter", "dot"];
  const done = spawnSync(process.execPath, args, { cwd: path, env, encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`The tests of ${folder} fail without a mutant:\n${done.stdout}${done.stderr}`);
  /** @type {Map<string, string[]>} */
  const testsOf = new Map();
  for (const name of readdirSync(coverage)) {
    const { path: test, reached } = JSON.parse(readFileSync(join(coverage, name), "utf8"));
    for (const id of reached) testsOf.set(id, [...(testsOf.get(id) ?? []), test]);
  }
  return { took: Date.now() - begun, testsOf };
}

/** A process with a Vitest that waits for mutants. @param {string} path @param {string} folder */
async function warmVitest(path, folder) {
  const env = { ...process.env, MUTATE_FOLDER: folder };
  // A group of its own: a mutant that hangs does so in a process of Vitest's, which is to end with it.
  const child = fork(join(path, "tools", "mutate", "warm.mjs"), { cwd: path, env, silent: true, detached: true });
  child.stdout?.resume();
  child.stderr?.resume();
  const [message] = await Promise.race([once(child, "message"), once(child, "exit").then(([code]) => [{ code }])]);
  if (!message.ready) throw new Error(`Vitest in ${path} ended with ${message.code} before it judged a mutant.`);
  return child;
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

/** @typedef {{ ran: number, failed: number, error?: string }} Answer */

/**
 * What a child answers; undefined where it ended or hung.
 *
 * @param {import("node:child_process").ChildProcess} child @param {number} patience in ms
 * @returns {Promise<Answer | undefined>}
 */
function answerOf(child, patience) {
  return new Promise((resolve) => {
    const stop = setTimeout(() => done(undefined), patience);
    const ended = () => done(undefined);
    /** @param {Answer | undefined} answer */
    function done(answer) {
      clearTimeout(stop);
      child.off("message", done).off("exit", ended);
      resolve(answer);
    }
    child.on("message", done).on("exit", ended);
  });
}

/**
 * A judge with a Vitest of its own: a mutant is noticed where a test fails, a test file does not load, or they hang. What no
 * test reaches is not noticed. A child that hung is ended with all that it has started, and the next mutant gets a new one.
 *
 * @param {string} path @param {string} folder @param {Reached} reached
 * @returns {Judge}
 */
export function judgeOf(path, folder, { took, testsOf }) {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  const all = [...new Set([...testsOf.values()].flat())];
  return {
    async isNoticed(id) {
      const files = id === NO_MUTANT ? all : (testsOf.get(id) ?? []);
      if (files.length === 0) return false;
      child ??= await warmVitest(path, folder);
      const answered = answerOf(child, PATIENCE * took + HALF_MINUTE);
      child.send({ id, files });
      const answer = await answered;
      if (answer && answer.ran !== files.length)
        throw new Error(`Mutant ${id}: ${answer.error ?? "a test file is lost"}`);
      if (!answer) {
        killAll(child);
        child = undefined;
      }
      return !answer || answer.failed > 0;
    },
    end: () => child && killAll(child),
  };
}
