// @ts-check
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

/**
 * What one Vitest in a mutated copy is to do: `tests` are patterns of test files, `env` what runner.ts reads, `log` the file
 * that takes what it prints.
 *
 * @typedef {{ path: string, tests: readonly string[], more?: readonly string[], env: NodeJS.ProcessEnv, log: string }} Run
 */

/**
 * How long it may take: it is ended at `until`, or where `progress` has not moved for `patience` ms.
 *
 * @typedef {{ until: number, patience?: number, progress?: () => number }} Limits
 */

/**
 * Runs Vitest until it ends or is ended, with every process that it has started.
 *
 * @param {Run} run @param {Limits} limits @returns {Promise<number | null>} its exit code; null where it was ended
 */
export function runVitest({ path, tests, more = [], env, log }, limits) {
  const output = openSync(log, "w");
  const program = join(path, "node_modules", "vitest", "vitest.mjs");
  const words = ["run", "--config", "tools/mutate/vitest.config.ts", "--reporter", "dot", ...more];
  // A group of its own: a mutant that hangs does so in a process of Vitest's, which is to end with it.
  const child = spawn(process.execPath, [program, ...words], {
    cwd: path,
    env: { ...process.env, ...env, MUTATE_TESTS: JSON.stringify(tests) },
    stdio: ["ignore", output, output],
    detached: true,
  });
  closeSync(output);
  return endOf(child, limits);
}

/** @param {import("node:child_process").ChildProcess} child @param {Limits} limits @returns {Promise<number | null>} */
function endOf(child, { until, patience = Number.POSITIVE_INFINITY, progress = () => 0 }) {
  return new Promise((resolve) => {
    let [last, since] = [0, Date.now()];
    const look = setInterval(() => {
      const now = progress();
      if (now !== last) [last, since] = [now, Date.now()];
      if (Date.now() - since > patience || Date.now() > until) killAll(child);
    }, 500);
    child.on("exit", (code) => {
      clearInterval(look);
      killAll(child);
      resolve(code);
    });
  });
}

/** @param {import("node:child_process").ChildProcess} child */
function killAll({ pid }) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The whole group has ended by itself.
  }
}
