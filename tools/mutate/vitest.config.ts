import { defaultExclude, defineConfig } from "vitest/config";

/**
 * The tests that judge mutants, in a copy of the project: those of MUTATE_TESTS. Outside judges take seconds for each mutant,
 * and what they would notice its own tests have to. A test without a mutant has as long as a loaded machine may need; judge.mjs
 * states the time of one with a mutant.
 */
const JUDGED_BY_OTHERS = ["**/outside-judges.test.ts", "**/cost.test.ts", "**/kinetis-ftfe/loader-code.test.ts"];

/** They start the program as a process, which knows of no mutant. */
const PROCESSES = [
  ...["boards", "commander-session", "explain-log", "flash-breakpoints", "full-disk", "generic-core", "hostile-packs"],
  ...["killed", "look", "readme", "released-files", "semihosting", "streams"],
];

export default defineConfig({
  test: {
    include: JSON.parse(process.env.MUTATE_TESTS ?? "[]"),
    exclude: [...defaultExclude, ...JUDGED_BY_OTHERS, ...PROCESSES.map((name) => `test/cli/${name}.test.ts`)],
    setupFiles: ["tools/mutate/same-examples.ts", "test/setup/equal-arrays.ts"],
    runner: "./tools/mutate/runner.ts",
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
