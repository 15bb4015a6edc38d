import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { configureGlobal } from "fast-check";
import { afterAll, beforeEach } from "vitest";

// The same examples for each mutant, so that a score can be had again.
configureGlobal({ seed: 1 });

/** What the mutated code counts: how often each mutant's place was reached. */
interface Counted {
  readonly __stryker__?: { readonly mutantCoverage?: { readonly static?: Readonly<Record<string, number>> } };
}

/** Where the counts go, one file for each test file; absent while a mutant is judged. */
const folder = process.env.MUTATE_COVERAGE;

let testFile = "";
beforeEach(({ task }) => {
  testFile = task.file.filepath;
});

afterAll(() => {
  if (!folder) return;
  const path = relative(process.cwd(), testFile);
  const reached = Object.keys((globalThis as Counted).__stryker__?.mutantCoverage?.static ?? {});
  const name = createHash("sha1").update(path).digest("hex");
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ path, reached }));
});
