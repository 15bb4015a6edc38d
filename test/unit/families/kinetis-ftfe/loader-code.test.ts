import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CHIPS } from "../../../../src/chips/list.ts";
import { FTFE_LOADER } from "../../../../src/families/kinetis-ftfe/ftfe-code.ts";
import { LAYOUT, STEP } from "../../../../src/families/kinetis-ftfe/queue-words.ts";
import { REFUSAL } from "../../../../src/flash/queue/room.ts";
import { hasJudge, requiredJudges } from "../../../../tools/judges.mjs";

/** Missing where it is required, it fails the test instead of hiding it. */
const GCC = "arm-none-eabi-gcc";

const source = readFileSync("target/ftfe-queue/queue.c", "utf8");

/** The words of a structure in the source, `checks` and `keys` counted with what they hold. */
function wordsOf(name: string): number {
  const body = new RegExp(`struct ${name} \\{([^}]*)\\}`).exec(source)?.[1] ?? "";
  return [...body.matchAll(/^\t(?:volatile )?(u32|struct \w+ \*?)\s?\*?\w+(?:\[(\d+)\])?;/gm)].reduce(
    (sum, [, type, count]) => {
      const size = type === "struct keys " ? 3 : type === "struct checks " ? 2 : 1;
      return sum + size * Number(count ?? 1);
    },
    0,
  );
}

describe("the loader in RAM", () => {
  it.runIf(hasJudge(GCC) || requiredJudges().includes(GCC))("is what the compiler makes of its source", () => {
    expect(() => execFileSync(process.execPath, ["tools/build-loaders.mjs"], { stdio: "pipe" })).not.toThrow();
  });

  it("fits before its set-up, and that with its progress and a stack before the steps", () => {
    expect(FTFE_LOADER.length / 2).toBeLessThanOrEqual(LAYOUT.setup - LAYOUT.code);
    expect(wordsOf("setup")).toBe(34);
    expect(LAYOUT.setup + 4 * (34 + 4) + 0xc0).toBeLessThanOrEqual(LAYOUT.stackTop);
  });

  it("has a ring whose size is a power of two, before the buffers, and above the RAM of the hash routine", () => {
    expect(wordsOf("step")).toBe(12);
    expect(Number.isInteger(Math.log2(LAYOUT.stepCount))).toBe(true);
    expect(LAYOUT.steps + LAYOUT.stepCount * 48).toBeLessThanOrEqual(LAYOUT.buffers);
    expect(LAYOUT.start).toBeGreaterThanOrEqual(0x1000);
  });

  it("has room for a section of any chip in each of its buffers", () => {
    const banks = CHIPS.flatMap((chip) => chip.banks).filter(({ controller }) => controller?.family === "kinetis-ftfe");
    expect(banks.length).toBeGreaterThan(0);
    for (const { id, write } of banks) expect(LAYOUT.bufferSize, id).toBeGreaterThanOrEqual(write.burst.size);
    expect(LAYOUT.buffers + LAYOUT.bufferCounts.given * LAYOUT.bufferSize).toBe(LAYOUT.end);
  });

  it("counts its steps and refusals as the host does", () => {
    const names = /enum command \{ ([^}]*) \}/.exec(source)?.[1].replace(" = 1", "").split(", ") ?? [];
    expect(Object.fromEntries(names.map((name, i) => [name, i + 1]))).toEqual(STEP);
    for (const [name, value] of Object.entries(REFUSAL))
      expect(source).toContain(`#define ${name} 0x${value.toString(16).toUpperCase()}u`);
  });
});
