import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COLD } from "../../../../src/twin/cpu/ops/cold-ops.ts";
import "../../../../src/twin/cpu/decode/decode.ts";
import { FIRST_COLD, HOT } from "../../../../src/twin/cpu/ops/hot-ops.ts";

const source = readFileSync("src/twin/cpu/interpreter.ts", "utf8");
const switchText = source.slice(source.indexOf("switch (op)"));

describe("interpreter switch", () => {
  it("labels its cases with the numbers and names of HOT", () => {
    const labels = [...switchText.matchAll(/case (\d+):[\s{]*\/\/ (\w+)/g)].map(([, number, name]) => [
      name,
      Number(number),
    ]);
    expect(labels).toEqual(Object.entries(HOT));
  });

  it("has fewer cases than FIRST_COLD, and 0x10000 operations at most with the helpers", () => {
    expect(Object.keys(HOT).length).toBeLessThan(FIRST_COLD);
    expect(COLD.length + FIRST_COLD).toBeLessThan(0x10000);
  });
});
