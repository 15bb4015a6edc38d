import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../node/package-root.ts";

/** The package's version, from its own package.json. */
export function version(): string {
  const text = readFileSync(join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
