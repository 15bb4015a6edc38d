import { defineConfig } from "vitest/config";
import { patched } from "./patch-source.mjs";

/** Tests with one text of one source replaced as it is loaded; PATCH_SOURCE says which. */
const { file } = JSON.parse(process.env["PATCH_SOURCE"] ?? "{}") as { file: string };

export default defineConfig({
  plugins: [
    {
      name: "patch-source",
      enforce: "pre",
      transform: (code, id) => (id.endsWith(`/${file}`) ? patched(code) : undefined),
    },
  ],
  test: { include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 1 },
});
