import { describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import { planFlash } from "../../../src/flash/plan/plan.ts";
import { explainImage, explanationJson, explanationLines } from "../../../src/report/image-report.ts";
import { planLines, planResult } from "../../../src/report/plan-report.ts";
import { inCliWords } from "../../../src/report/advice-words.ts";
import { bootable, K24 } from "./images.ts";

const unknown: Chip = { ...K24, name: "FOREIGN1", protection: undefined };
const planOf = (chip: Chip) => planFlash({ chip, image: bootable(0x7b), policy: "keep-open", keepRest: false });
const NOTE = "its locks are unknown to Flashproof";

describe("a chip whose locks are unknown", () => {
  it("is called so in the lines and in the JSON of every plan", () => {
    expect(planLines(planOf(unknown))).toContain(`FOREIGN1: ${NOTE}`);
    expect(planResult(planOf(unknown), inCliWords)).toMatchObject({ locks: NOTE });
  });

  it("is called so where an image is explained for it, in lines and in JSON", () => {
    const explained = explainImage(bootable(0x7b), unknown);
    expect(explanationLines(explained)).toContain(`FOREIGN1: ${NOTE}`);
    expect(explanationJson(explained)).toMatchObject({ locks: NOTE });
  });

  it("has nothing changed, asked or found in its image's fields", () => {
    const { changes, needs, findings } = planOf(unknown);
    expect([changes, needs, findings]).toEqual([[], [], []]);
  });
});

describe("a chip whose locks are known", () => {
  it("is not called unknown anywhere", () => {
    expect(JSON.stringify([planLines(planOf(K24)), planResult(planOf(K24), inCliWords)])).not.toContain(NOTE);
    expect(planOf(K24).changes).toHaveLength(1);
  });
});
