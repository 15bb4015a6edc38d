// @ts-check

/**
 * Tests of a folder of src that stand beside its own unit tests, because they need a whole probe, a whole chip or the whole
 * program; without those that try every single fault, which take minutes for each mutant. Of test/cli those that start
 * processes take no part (vitest.config.ts): a mutant is switched on in the process of its test alone.
 */
const ELSEWHERE = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  probe: ["test/conformance/probe/*-twin.test.ts", "test/conformance/probe/multidrop.test.ts"],
  flash: ["test/unit/session/**/*.test.ts", "test/regression/**/*.test.ts"],
  session: ["test/regression/**/*.test.ts"],
  families: ["test/unit/session/**/*.test.ts", "test/regression/**/*.test.ts"],
  commander: ["test/cli/commander-*.test.ts"],
  cli: ["test/cli/*.test.ts"],
});

/**
 * The patterns of the test files that judge a folder's mutants, stage by stage: its own unit tests first, and the others for
 * what these leave.
 *
 * @param {string} folder @returns {readonly (readonly string[])[]}
 */
export const stagesOf = (folder) =>
  [[`test/unit/${folder}/**/*.test.ts`], ELSEWHERE[folder] ?? []].filter((patterns) => patterns.length > 0);
