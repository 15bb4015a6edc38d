import { defaultExclude, defineConfig } from "vitest/config";
import { testsOf } from "./tests-of.mjs";

/**
 * The tests that judge mutants, in a copy of the project; MUTATE_FOLDER's own. Outside judges take seconds for each mutant, and
 * what they would notice its own tests have to.
 */
export default defineConfig({
  test: {
    include: [...testsOf(process.env.MUTATE_FOLDER ?? "")],
    exclude: [...defaultExclude, "**/outside-judges.test.ts", "**/cost.test.ts", "**/kinetis-ftfe/loader-code.test.ts"],
    setupFiles: ["tools/mutate/same-examples.ts"],
    runner: "./tools/mutate/runner.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
