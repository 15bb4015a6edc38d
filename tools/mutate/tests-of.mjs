// @ts-check

/**
 * Tests of a folder of src that stand beside its own unit tests, because they need a whole probe or a whole chip; without
 * those that try every single fault, which take minutes for each mutant.
 */
const ELSEWHERE = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  probe: ["test/conformance/probe/*-twin.test.ts", "test/conformance/probe/multidrop.test.ts"],
  flash: ["test/regression/**/*.test.ts"],
  session: ["test/regression/**/*.test.ts"],
  families: ["test/regression/**/*.test.ts"],
});

/**
 * The patterns of the test files that judge a folder's mutants, stage by stage: its own unit tests first, and the others for
 * what these leave.
 *
 * @param {string} folder @returns {readonly (readonly string[])[]}
 */
export const stagesOf = (folder) =>
  [[`test/unit/${folder}/**/*.test.ts`], ELSEWHERE[folder] ?? []].filter((patterns) => patterns.length > 0);
