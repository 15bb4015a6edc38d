// @ts-check
// `npm run mutate -- FOLDER [--seed N] [--count N]`: how many small changes to src/FOLDER its own unit tests notice. Takes a
// sample of all mutants that Stryker's instrumenter makes there, runs for each the tests that reach it, and prints the
// score with its 95 % interval and every survivor. Equivalent ones are marked beside the code, with their reason:
// `// Stryker disable next-line NAME: why it cannot be noticed`.
//
// `--seed 1,2,3` draws a sample by each, and judges what several of them have once. `--record` keeps the scores in
// tools/mutate/scores.json.
//
// `npm run mutate -- --since COMMIT [--minutes N]`: the same of the files that differ from a commit, and of one folder more,
// another one with each commit; the time is shared among them, and each has as many mutants judged as its share allows. The runs
// without a mutant are part of it.
//
// Not Stryker's own runner: it takes files or ranges of lines, and with each drawn mutant every other one inside it. Here
// each mutant is switched on alone, by the environment of its tests.
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { say } from "./lib/project.mjs";
import { mutatedCopy } from "./mutate/sandbox.mjs";
import { recordScore } from "./mutate/scores.mjs";
import { foldersWithTests, sharesSince } from "./mutate/shares.mjs";
import { intervalOf, sampleOf } from "./mutate/statistics.mjs";
import { Judges, survivorsOf } from "./mutate/survivors.mjs";
import { stagesOf } from "./mutate/tests-of.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    since: { type: "string" },
    minutes: { type: "string", default: "10" },
    record: { type: "boolean", default: false },
    processors: { type: "string", default: String(availableParallelism()) },
  },
});
const [folder] = positionals;
const [count, processors, minutes] = [values.count, values.processors, values.minutes].map(Number);
const ownSeeds = values.seed.split(",").map(Number);
const isRight = count > 0 && processors > 0 && minutes > 0 && ownSeeds.every(Number.isSafeInteger);

if (isRight && folder && foldersWithTests().includes(folder)) {
  await mutate({ folder }, { seeds: ownSeeds, until: Number.POSITIVE_INFINITY });
} else if (isRight && !folder && values.since) {
  await mutateSince(values.since);
} else {
  say(
    "npm run mutate -- FOLDER [--seed N,...] [--count N] [--processors N] [--record], where FOLDER is in src and in test/unit",
  );
  say("npm run mutate -- --since COMMIT [--minutes N]");
  process.exitCode = 2;
}

/** Each share of the work gets as much of the time that is left. @param {string} since */
async function mutateSince(since) {
  const end = Date.now() + minutes * 60_000;
  const { shares, seed } = sharesSince(since);
  for (const [i, share] of shares.entries()) {
    const left = end - Date.now();
    if (left <= 0) return say(`no time is left for ${shares.slice(i).map((one) => one.folder)}`);
    await mutate(share, { seeds: [seed], until: Date.now() + left / (shares.length - i) });
  }
}

/** @param {import("./mutate/shares.mjs").Share} share @param {{ seeds: readonly number[], until: number }} limits */
async function mutate({ folder: name, files }, { seeds, until }) {
  const { path, mutants } = await mutatedCopy(name);
  try {
    const own = mutants.filter(({ file }) => files?.includes(file) ?? true);
    const candidates = own.filter(({ ignored }) => ignored === undefined);
    const samples = seeds.map((seed) => sampleOf(candidates, count, seed));
    const judges = new Judges(path, stagesOf(name), { processors, until });
    const all = [...new Set(samples.flat())];
    const { judged, survivors, unfinished, noticed } = await survivorsOf(all, judges);
    for (const mutant of survivors) print(mutant, await judges.reach(mutant));
    // Where the time was limited there is one seed, and its sample ends where the judging did.
    for (const [i, seed] of seeds.entries())
      report(files ? `${name} (${files.length} files)` : name, seed, {
        all: own.length,
        marked: own.length - candidates.length,
        sample: seeds.length > 1 ? samples[i].length : judged,
        survivors: survivors.filter((mutant) => samples[i].includes(mutant)).length,
      });
    if (unfinished > 0) console.log(`${name}: the time ended with ${noticed} of the next ${unfinished} noticed`);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** @param {import("./mutate/sandbox.mjs").Mutant} mutant @param {boolean} isReached */
function print({ file, line, kind, original, replacement }, isReached) {
  const short = (/** @type {string} */ text) => text.replace(/\s+/g, " ").slice(0, 100);
  const note = isReached ? "" : " (no test reaches it)";
  console.log(`${file}:${line}: ${kind}: ${short(original)} -> ${short(replacement)}${note}`);
}

/** @param {string} name @param {number} seed @param {{ all: number, marked: number, sample: number, survivors: number }} figures */
function report(name, seed, { all, marked, sample, survivors }) {
  const noticed = sample - survivors;
  const percent = (/** @type {number} */ share) => (100 * share).toFixed(1);
  const { low, high } = intervalOf(noticed, sample);
  if (values.record) recordScore({ folder: name, seed, count: sample, noticed, low, high, marked });
  console.log(
    `${name}: ${noticed} of ${sample} noticed, ${percent(noticed / Math.max(1, sample))} % (${percent(low)} to ${percent(high)}); seed ${seed}, ${all} mutants in all, ${marked} marked as equivalent`,
  );
}
