import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Vitest leaves one processor to itself: of two, which CI has, that would be one worker.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
