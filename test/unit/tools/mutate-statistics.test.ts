import { describe, expect, it } from "vitest";
import { intervalOf, sampleOf } from "../../../tools/mutate/statistics.mjs";

const items = Array.from({ length: 50 }, (_, n) => n);

describe("a sample of mutants", () => {
  it("is the same for the same seed, without doubles, and another one for another seed", () => {
    const sample = sampleOf(items, 20, 1);
    expect(sampleOf(items, 20, 1)).toEqual(sample);
    expect(new Set(sample).size).toBe(20);
    expect(sampleOf(items, 20, 2)).not.toEqual(sample);
  });

  it("is all of them where more are asked for than there are", () => {
    expect(sampleOf(items, 300, 1).sort((a, b) => a - b)).toEqual(items);
    expect(sampleOf([], 3, 1)).toEqual([]);
  });
});

describe("the interval of a share", () => {
  it("is Wilson's at 95 %", () => {
    // 270 of 300, reckoned by hand.
    const { low, high } = intervalOf(270, 300);
    expect(low).toBeCloseTo(0.8608, 4);
    expect(high).toBeCloseTo(0.929, 3);
  });

  it("stays within 0 and 1, and is all of that for an empty sample", () => {
    expect(intervalOf(10, 10).high).toBe(1);
    expect(intervalOf(0, 10).low).toBe(0);
    expect(intervalOf(0, 0)).toEqual({ low: 0, high: 1 });
  });
});
