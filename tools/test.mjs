// @ts-check
// `npm test [-- FILTER...]`: installs and builds what is missing, runs the tests, and names the judges that weren't there.
import { hasJudge, judges, requiredJudges } from "./judges.mjs";
import { makeReady } from "./lib/ready.mjs";
import { run, toolScripts } from "./lib/run.mjs";

await makeReady({ install: "when-different" });
const tests = await run(process.execPath, [toolScripts.vitest, "run", ...process.argv.slice(2)]);
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
