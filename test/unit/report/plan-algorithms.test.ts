import { describe, expect, it } from "vitest";
import type { FlashAlgorithm } from "../../../src/chips/flash-algorithm.ts";
import { findChip } from "../../../src/chips/list.ts";
import { type FlashPlan, planFlash } from "../../../src/flash/plan/plan.ts";
import { readFlm } from "../../../src/packs/flm/read-flm.ts";
import { inCliWords } from "../../../src/report/advice-words.ts";
import { planLines, planResult } from "../../../src/report/plan-report.ts";
import { FLM } from "../../support/made-packs.ts";

/** A plan whose steps are done by these algorithms, one after the other. */
function planBy(algorithms: readonly FlashAlgorithm[]): FlashPlan {
  const bytes = new Uint8Array(0x3000).fill(0x55);
  const image = { format: "raw", segments: [{ name: "", address: 0x8000, bytes }], symbols: [] } as const;
  const plan = planFlash({ chip: findChip("MK24FN1M0xxx12"), image, policy: "refuse", keepRest: false });
  const steps = plan.steps.map((step, i) => ({
    ...step,
    bank: { ...step.bank, algorithm: algorithms[i % algorithms.length] },
  }));
  return { ...plan, steps };
}

const algorithm = readFlm(FLM, "made.FLM");

describe("the flash algorithms of a plan", () => {
  it("are two of one name where only one of them was rehearsed, whichever comes first", () => {
    const both = [
      { ...algorithm, rehearsal: "possible" },
      { ...algorithm, rehearsal: "on-twin" },
    ] as const;
    for (const algorithms of [both, [...both].reverse()]) {
      const plan = planBy(algorithms);
      expect(
        planLines(plan)
          .filter((line) => line.includes("made.FLM"))
          .sort(),
      ).toEqual([expect.stringContaining("not rehearsed: pack check"), expect.stringContaining("rehearsed on a twin")]);
      expect(planResult(plan, inCliWords)["algorithms"]).toHaveLength(2);
    }
  });

  it("are one where all steps are done by it", () => {
    expect(planResult(planBy([algorithm]), inCliWords)["algorithms"]).toEqual([
      { name: "made.FLM", rehearsal: "unknown" },
    ]);
  });
});
