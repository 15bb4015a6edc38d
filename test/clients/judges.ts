import { describe } from "vitest";
import { hasJudge, requiredJudges } from "../../tools/judges.mjs";
import { canUnshare } from "./openocd/namespace.ts";

/**
 * `describe` for tests that ask programs from outside: skipped where one of them is missing, unless FLASHPROOF_REQUIRE
 * names it; then the tests run, and fail. `npm test` says what was missing.
 */
export const describeWith = (...names: readonly string[]): typeof describe.skip => {
  const missing = names.filter((name) => !hasJudge(name));
  return missing.length === 0 || missing.some((name) => requiredJudges().includes(name)) ? describe : describe.skip;
};

/** The same for OpenOCD's J-Link driver, which also needs a network of its own. */
export const describeApart = (...names: readonly string[]): typeof describe.skip =>
  canUnshare() || requiredJudges().includes("openocd") ? describeWith("openocd", ...names) : describe.skip;
