import { describe, expect, it } from "vitest";
import { TESTS_A_MUTANT, testFileOf } from "../../../tools/mutate/test-files.mjs";

const test = (name: string, cpu: number, reached: readonly string[]) => ({ test: name, cpu, took: 3 * cpu, reached });
const HALF = TESTS_A_MUTANT / 2;

describe("the tests of a file that judge a mutant", () => {
  it("are those that reach it, the quickest first", () => {
    const byTest = [test("slow", 20, ["7"]), test("quick", 10, ["7"]), test("other", 5, ["8"])];
    const { mutants, cpu, took, slowest } = testFileOf({ path: "a.test.ts", outside: [], byTest });
    expect(Object.fromEntries(mutants)).toEqual({ 7: ["quick", "slow"], 8: ["other"] });
    expect({ cpu, took, slowest }).toEqual({ cpu: 30, took: 90, slowest: 60 });
  });

  it("are all of them where it is reached outside of tests", () => {
    const byTest = [test("one", 10, ["7"]), test("two", 5, [])];
    const { mutants } = testFileOf({ path: "a.test.ts", outside: ["7"], byTest });
    expect(mutants.get("7")).toEqual(["two", "one"]);
  });

  it("end with the time that one mutant has", () => {
    const byTest = [test("third", HALF + 2, ["7"]), test("first", HALF - 1, ["7"]), test("second", HALF + 1, ["7"])];
    const { mutants, cpu, slowest } = testFileOf({ path: "a.test.ts", outside: [], byTest });
    expect(mutants.get("7")).toEqual(["first", "second"]);
    expect({ cpu, slowest }).toEqual({ cpu: TESTS_A_MUTANT, slowest: 3 * (HALF + 1) });
  });

  it("are one at least, whatever it takes", () => {
    const byTest = [test("long", 2 * TESTS_A_MUTANT, ["7"]), test("longer", 3 * TESTS_A_MUTANT, ["7"])];
    const { mutants } = testFileOf({ path: "a.test.ts", outside: [], byTest });
    expect(mutants.get("7")).toEqual(["long"]);
  });
});
