// @ts-check
import { say } from "../lib/project.mjs";
import { noticedBy } from "./judge.mjs";
import { testFilesOf } from "./test-files.mjs";

/** @typedef {import("./sandbox.mjs").Mutant} Mutant */
/** @typedef {import("./test-files.mjs").TestFile} TestFile */
/** Where the time is limited, it ends at `until`, the runs without a mutant within it. @typedef {{ processors: number, until: number }} Limits */

/** So many at a time where the time is limited: what is not judged to its end in time counts for nothing. */
const AT_A_TIME = 25;

/** So many ms of CPU judge one mutant at most, all test files together: what only the slowest would notice counts as not noticed. */
const MOST_A_MUTANT = 20_000;

/** The tests that judge the mutants of one copy, stage by stage: each stage is run without a mutant when it is first needed. */
export class Judges {
  /** @type {Map<number, Promise<readonly TestFile[] | undefined>>} */
  #stages = new Map();
  /** By mutant, the ms of CPU that test files have taken for it. @type {Map<string, number>} */
  #spent = new Map();

  /** @param {string} path the mutated copy @param {readonly (readonly string[])[]} patterns of each stage @param {Limits} limits */
  constructor(path, patterns, limits) {
    this.path = path;
    this.patterns = patterns;
    this.limits = limits;
  }

  /** @param {number} index @returns {Promise<readonly TestFile[] | undefined>} undefined where that was not done in time */
  stage(index) {
    const known = this.#stages.get(index);
    if (known) return known;
    say(`running ${this.patterns[index].join(", ")} without a mutant`);
    const files = testFilesOf(this.path, this.patterns[index], this.limits);
    this.#stages.set(index, files);
    return files;
  }

  /**
   * Those of some mutants that a test file is to judge; it counts as having done so.
   *
   * @param {TestFile} file @param {Iterable<string>} ids @returns {readonly string[]}
   */
  take({ cpu, mutants }, ids) {
    const spent = (/** @type {string} */ id) => this.#spent.get(id) ?? 0;
    const own = [...ids].filter((id) => mutants.has(id) && (spent(id) === 0 || spent(id) + cpu <= MOST_A_MUTANT));
    for (const id of own) this.#spent.set(id, spent(id) + cpu);
    return own;
  }

  /** Whether a test that was run reaches it. @param {Mutant} mutant */
  async reach({ id }) {
    const stages = await Promise.all(this.#stages.values());
    return stages.some((files) => files?.some(({ mutants }) => mutants.has(id)));
  }
}

/**
 * Those of a sample that no test notices, in its order, and how many were judged in time. `unfinished` are those that the time
 * ended, of which `noticed` had been noticed by then: they are no part of the score.
 *
 * @param {readonly Mutant[]} sample @param {Judges} judges
 */
export async function survivorsOf(sample, judges) {
  const { until } = judges.limits;
  const size = Number.isFinite(until) ? AT_A_TIME : Math.max(1, sample.length);
  /** @type {Mutant[]} */
  const survivors = [];
  for (let judged = 0; judged < sample.length; judged += size) {
    const some = sample.slice(judged, judged + size);
    const left = new Set(some.map(({ id }) => id));
    const isDone = Date.now() < until && (await judgeAll(left, judges));
    if (!isDone) return { judged, survivors, unfinished: some.length, noticed: some.length - left.size };
    survivors.push(...some.filter(({ id }) => left.has(id)));
  }
  return { judged: sample.length, survivors, unfinished: 0, noticed: 0 };
}

/**
 * Takes out of some mutants each that is noticed, stage by stage.
 *
 * @param {Set<string>} left @param {Judges} judges @returns {Promise<boolean>} whether that was done in time
 */
async function judgeAll(left, judges) {
  for (const index of judges.patterns.keys()) {
    if (left.size === 0) return true;
    const files = await judges.stage(index);
    if (!files || !(await judgeBy(files, left, judges))) return false;
  }
  return true;
}

/**
 * Each test file judges what no other one has noticed so far, the quickest first; one a processor.
 *
 * @param {readonly TestFile[]} files @param {Set<string>} left @param {Judges} judges @returns {Promise<boolean>}
 */
async function judgeBy(files, left, judges) {
  const {
    path,
    limits: { processors, until },
  } = judges;
  let isDone = true;
  const waiting = [...files];
  await Promise.all(
    Array.from({ length: processors }, async () => {
      for (let file = waiting.shift(); file && isDone; file = waiting.shift()) {
        const ids = judges.take(file, left);
        if (ids.length === 0) continue;
        const noticed = await noticedBy(path, file, ids, until);
        isDone &&= noticed !== undefined;
        for (const id of noticed ?? []) left.delete(id);
        say(`${left.size} not noticed after ${file.path}, which judged ${ids.length}`);
      }
    }),
  );
  return isDone;
}
