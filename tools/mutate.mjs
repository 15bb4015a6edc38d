// @ts-check
// `npm run mutate -- FOLDER [--seed N] [--count N]`: how many small changes to src/FOLDER its own unit tests notice. Takes a
// sample of all mutants that Stryker's instrumenter makes there, runs for each the test files that reach it, and prints the
// score with its 95 % interval and every survivor. Equivalent ones are marked beside the code, with their reason:
// `// Stryker disable next-line NAME: why it cannot be noticed`.
//
// Not Stryker's own runner: it takes files or ranges of lines, and with each drawn mutant every other one inside it. Here
// each mutant is switched on alone, by the environment of its tests.
import { existsSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { inProject, say } from "./lib/project.mjs";
import { judgeOf, reachedMutants } from "./mutate/judge.mjs";
import { mutatedCopy } from "./mutate/sandbox.mjs";
import { intervalOf, sampleOf } from "./mutate/statistics.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "300" }, seed: { type: "string", default: "1" } },
});
const [folder] = positionals;
const [count, seed] = [Number(values.count), Number(values.seed)];

if (
  folder &&
  existsSync(inProject("src", folder)) &&
  existsSync(inProject("test", "unit", folder)) &&
  count > 0 &&
  Number.isSafeInteger(seed)
) {
  await mutate(folder);
} else {
  say("npm run mutate -- FOLDER [--seed N] [--count N], where FOLDER is in src and in test/unit");
  process.exitCode = 2;
}

/** @param {string} name */
async function mutate(name) {
  const { path, mutants } = await mutatedCopy(name);
  try {
    const candidates = mutants.filter(({ ignored }) => ignored === undefined);
    const sample = sampleOf(candidates, count, seed);
    const reached = reachedMutants(path, name);
    const survivors = await survivorsOf(sample, () => judgeOf(path, name, reached));
    for (const mutant of survivors) print(mutant, reached.testsOf.has(mutant.id));
    report(name, {
      all: mutants.length,
      marked: mutants.length - candidates.length,
      sample: sample.length,
      survivors: survivors.length,
    });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** @typedef {import("./mutate/sandbox.mjs").Mutant} Mutant */

/**
 * Those of a sample that no test notices, in its order; as many judges as the machine has processors.
 *
 * @param {readonly Mutant[]} sample @param {() => import("./mutate/judge.mjs").Judge} newJudge
 */
async function survivorsOf(sample, newJudge) {
  const noticed = new Map();
  const waiting = [...sample];
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), sample.length) }, async () => {
      const judge = newJudge();
      try {
        for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
          noticed.set(mutant.id, await judge.isNoticed(mutant.id));
          if (noticed.size % 50 === 0) say(`${noticed.size} of ${sample.length} judged`);
        }
      } finally {
        judge.end();
      }
    }),
  );
  return sample.filter(({ id }) => !noticed.get(id));
}

/** @param {Mutant} mutant @param {boolean} isReached */
function print({ file, line, kind, original, replacement }, isReached) {
  const short = (/** @type {string} */ text) => text.replace(/\s+/g, " ").slice(0, 100);
  const note = isReached ? "" : " (no test reaches it)";
  console.log(`${file}:${line}: ${kind}: ${short(original)} -> ${short(replacement)}${note}`);
}

/** @param {string} name @param {{ all: number, marked: number, sample: number, survivors: number }} figures */
function report(name, { all, marked, sample, survivors }) {
  const noticed = sample - survivors;
  const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);
  const { low, high } = intervalOf(noticed, sample);
  console.log(
    `${name}: ${noticed} of ${sample} noticed, ${percent(noticed / Math.max(1, sample))} % (${percent(low)} to ${percent(high)}); seed ${seed}, ${all} mutants in all, ${marked} marked as equivalent`,
  );
}
