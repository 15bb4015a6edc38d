// @ts-check
// `npm test [-- FILTER...]`: installs and builds what is missing, runs the tests, and names the judges that weren't there.
// Those that drive programs from outside are steps of their own: `npm run test:clients` (test/clients), `npm run test:web`
// (test/web/chromium), and `npm run test:package` (npm, tsc, vite and attw on the packed library).
import { hasJudge, judges, requiredJudges } from "./judges.mjs";
import { childrenCpuSeconds } from "./lib/children-cpu.mjs";
import { makeReady } from "./lib/ready.mjs";
import { run, toolScripts } from "./lib/run.mjs";

/** What a filter has to name. */
const APART = ["test/clients/**", "test/web/chromium/**", "test/library/packed.test.ts"];

await makeReady({ install: "when-different" });
const before = childrenCpuSeconds() ?? 0;
const words = process.argv.slice(2);
const isFiltered = words.some((word) => !word.startsWith("-"));
const tests = await run(process.execPath, [
  toolScripts.vitest,
  "run",
  ...(isFiltered ? [] : APART.flatMap((folder) => ["--exclude", folder])),
  ...words,
]);
const cpu = childrenCpuSeconds();
if (cpu !== undefined) console.log(`tests: ${Math.round(cpu - before)} s of CPU`);
process.exitCode = reportMissingJudges() ? tests : tests || 1;

/** Prints a line for each judge that is not here; answers whether every required one is. */
function reportMissingJudges() {
  const required = requiredJudges();
  const missing = judges.filter((judge) => !hasJudge(judge.name));
  for (const { name, install } of missing) {
    console.log(required.includes(name) ? `FAILED: ${name} is required (${install})` : `skipped: ${name} (${install})`);
  }
  return required.every(hasJudge);
}
