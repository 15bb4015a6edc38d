// @ts-check
// `npm run mutate -- FOLDER [--seed N] [--count N]`: how many small changes to src/FOLDER its own unit tests notice. Takes a
// sample of all mutants that Stryker's instrumenter makes there, runs for each the test files that reach it, and prints the
// score with its 95 % interval and every survivor. Equivalent ones are marked beside the code, with their reason:
// `// Stryker disable next-line NAME: why it cannot be noticed`.
//
// `--record` keeps the score in tools/mutate/scores.json.
//
// `npm run mutate -- --since COMMIT [--minutes N]`: the same of the files that differ from a commit, and of one folder more,
// another one with each commit; the time is shared among them, and each has as many mutants judged as its share allows.
//
// Not Stryker's own runner: it takes files or ranges of lines, and with each drawn mutant every other one inside it. Here
// each mutant is switched on alone, by the environment of its tests.
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { say } from "./lib/project.mjs";
import { noticedBy, testFilesOf } from "./mutate/judge.mjs";
import { mutatedCopy } from "./mutate/sandbox.mjs";
import { recordScore } from "./mutate/scores.mjs";
import { foldersWithTests, sharesSince } from "./mutate/shares.mjs";
import { intervalOf, sampleOf } from "./mutate/statistics.mjs";

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
const [count, ownSeed, processors, minutes] = [values.count, values.seed, values.processors, values.minutes].map(
  Number,
);
const isRight = count > 0 && processors > 0 && minutes > 0 && Number.isSafeInteger(ownSeed);

if (isRight && folder && foldersWithTests().includes(folder)) {
  await mutate({ folder }, { seed: ownSeed, until: Number.POSITIVE_INFINITY });
} else if (isRight && !folder && values.since) {
  await mutateSince(values.since);
} else {
  say(
    "npm run mutate -- FOLDER [--seed N] [--count N] [--processors N] [--record], where FOLDER is in src and in test/unit",
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
    await mutate(share, { seed, until: Date.now() + left / (shares.length - i) });
  }
}

/** @param {import("./mutate/shares.mjs").Share} share @param {{ seed: number, until: number }} limits */
async function mutate({ folder: name, files }, { seed, until }) {
  const { path, mutants } = await mutatedCopy(name);
  try {
    const own = mutants.filter(({ file }) => files?.includes(file) ?? true);
    const candidates = own.filter(({ ignored }) => ignored === undefined);
    const sample = sampleOf(candidates, count, seed);
    const testFiles = testFilesOf(path, name, processors);
    const { judged, survivors } = await survivorsOf(sample, { path, name, testFiles }, until);
    for (const mutant of survivors)
      print(
        mutant,
        testFiles.some(({ mutants: reached }) => reached.has(mutant.id)),
      );
    report(files ? `${name} (${files.length} files)` : name, seed, {
      all: own.length,
      marked: own.length - candidates.length,
      sample: judged,
      survivors: survivors.length,
    });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** @typedef {import("./mutate/sandbox.mjs").Mutant} Mutant */

/** @typedef {{ path: string, name: string, testFiles: readonly import("./mutate/judge.mjs").TestFile[] }} Judges */

/** So many at a time where the time is limited: what is begun is judged to its end. */
const AT_A_TIME = 25;

/**
 * Those of a sample that no test notices, in its order. None is begun after `until`.
 *
 * @param {readonly Mutant[]} sample @param {Judges} judges @param {number} until
 */
async function survivorsOf(sample, judges, until) {
  const size = Number.isFinite(until) ? AT_A_TIME : Math.max(1, sample.length);
  /** @type {Mutant[]} */
  const survivors = [];
  let judged = 0;
  while (judged < sample.length && Date.now() < until) {
    const some = sample.slice(judged, judged + size);
    const left = await leftOf(new Set(some.map(({ id }) => id)), judges);
    survivors.push(...some.filter(({ id }) => left.has(id)));
    judged += some.length;
  }
  return { judged, survivors };
}

/** Each test file judges what no other one has noticed so far, the quickest first; one a processor. @param {Set<string>} left @param {Judges} judges */
async function leftOf(left, { path, name, testFiles }) {
  const waiting = [...testFiles];
  await Promise.all(
    Array.from({ length: processors }, async () => {
      for (let file = waiting.shift(); file; file = waiting.shift()) {
        const { mutants } = file;
        const ids = [...left].filter((id) => mutants.has(id));
        if (ids.length === 0) continue;
        for (const id of await noticedBy(path, name, file, ids)) left.delete(id);
        say(`${left.size} not noticed after ${file.path}`);
      }
    }),
  );
  return left;
}

/** @param {Mutant} mutant @param {boolean} isReached */
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
