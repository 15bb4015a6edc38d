import { describe } from "vitest";
import { hasJudge, requiredJudges } from "../../tools/judges.mjs";
import { canUnshare } from "./openocd/namespace.ts";

/**
 * `describe` for tests that ask programs from outside: skipped where one of them is missing, unless FLASHPROOF_REQUIRE
 * names it; then the tests run, and fail. `npm test` says what was missing.
 */
export const describeWith = (...names: readonly string[]): DescribeJudged => {
  const missing = names.filter((name) => !hasJudge(name));
  const runs = missing.length === 0 || missing.some((name) => requiredJudges().includes(name));
  return (title, tests) => (runs ? describe(title, JUDGED, tests) : describe.skip(title, tests));
};

/** Programs from outside run by the wall's clock and have time-outs of their own: one retry, which the report shows. */
const JUDGED = { retry: 1 } as const;

type DescribeJudged = (title: string, tests: () => void) => void;

/** The same for OpenOCD's J-Link driver, which also needs a network of its own. */
export const describeApart = (...names: readonly string[]): DescribeJudged =>
  canUnshare() || requiredJudges().includes("openocd")
    ? describeWith("openocd", ...names)
    : (title, tests) => describe.skip(title, tests);
