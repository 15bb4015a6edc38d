import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Without it comparing whole flash contents takes a quarter of all CPU time.
    setupFiles: ["test/setup/equal-arrays.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // No test changes what another one sees, so that each worker loads and compiles the sources once: 40 % less CPU time.
    isolate: false,
    // Vitest leaves one processor to itself: of two, which CI has, that would be one worker.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
