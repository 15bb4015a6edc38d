import { describe, expect, it } from "vitest";
import { outcomeOf } from "../../../src/web/page/history/outcome.ts";

describe("a job's outcome in the history", () => {
  it.each([
    ["the verdict of its comparison", { verdict: "equal-but-declared", isLocked: false }, "equal-but-declared"],
    ["the verdict where nothing was compared", { verdict: "not-compared" }, "not-compared"],
    ["the lock that stayed", { isLocked: true, massErased: true }, "the chip is locked still"],
    ["a mass erase that has opened the chip", { isLocked: false, massErased: true }, "mass-erased, the chip is open"],
    ["that nothing was to be opened", { isLocked: false, massErased: false }, "nothing erased, the chip was open"],
    ["its end, where nothing shows what it came to", {}, "ended"],
  ])("is %s", (_, answer, outcome) => {
    expect(outcomeOf(answer)).toBe(outcome);
  });
});
