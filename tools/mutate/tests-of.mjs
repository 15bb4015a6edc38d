// @ts-check

/** Tests of a folder of src that stand beside its own unit tests, because they need a whole probe or a whole chip. */
const ELSEWHERE = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  adi: ["test/conformance/probe"],
  probe: ["test/conformance/probe"],
  flash: ["test/regression"],
  session: ["test/regression"],
  families: ["test/regression"],
});

/** The patterns of the test files that judge a folder's mutants. @param {string} folder @returns {readonly string[]} */
export const testsOf = (folder) =>
  [`test/unit/${folder}`, ...(ELSEWHERE[folder] ?? [])].map((path) => `${path}/**/*.test.ts`);
