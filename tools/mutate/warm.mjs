// @ts-check
// The child process of judge.mjs, in the mutated copy: one Vitest that stays, so that a mutant costs its tests and not a
// start. Each message names a mutant and its test files; every file runs in a process of its own, which takes the mutant
// from the environment. The answer is the number of failures, those of loading a file included.
import { createVitest } from "vitest/node";

const quiet = { reporters: [{}], silent: true, maxWorkers: 1, bail: 1, watch: false };
const vitest = await createVitest("test", { config: "tools/mutate/vitest.config.ts", ...quiet });
await vitest.globTestSpecifications();

/** @param {{ id: string, files: readonly string[] }} mutant */
async function judge({ id, files }) {
  process.env.__STRYKER_ACTIVE_MUTANT__ = id;
  const specifications = files.flatMap((file) => vitest.getModuleSpecifications(`${process.cwd()}/${file}`));
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const failed = testModules.filter((module) => !module.ok()).length;
  return { ran: specifications.length, failed: failed + unhandledErrors.length };
}

process.on("message", (/** @type {{ id: string, files: readonly string[] }} */ mutant) => {
  judge(mutant).then(
    (answer) => process.send?.(answer),
    (error) => process.send?.({ ran: 0, failed: 0, error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true });
