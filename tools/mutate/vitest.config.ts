import { defineConfig } from "vitest/config";

/** The tests that judge mutants, in a copy of the project; MUTATE_FOLDER's own. */
export default defineConfig({
  test: {
    include: [`test/unit/${process.env.MUTATE_FOLDER}/**/*.test.ts`],
    setupFiles: ["tools/mutate/record-coverage.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
