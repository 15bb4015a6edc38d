import { defaultExclude, defineConfig } from "vitest/config";

/**
 * The tests that judge mutants, in a copy of the project; MUTATE_FOLDER's own. Outside judges take seconds for each mutant, and
 * what they would notice its own tests have to.
 */
export default defineConfig({
  test: {
    include: [`test/unit/${process.env.MUTATE_FOLDER}/**/*.test.ts`],
    exclude: [...defaultExclude, "**/outside-judges.test.ts", "**/cost.test.ts", "**/kinetis-ftfe/loader-code.test.ts"],
    setupFiles: ["tools/mutate/record-coverage.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
