import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { CHIPS } from "../../../../src/chips/list.ts";
import { FTFE_LOADER } from "../../../../src/families/kinetis-ftfe/ftfe-code.ts";
import { COMMAND, LAYOUT, MAILBOX } from "../../../../src/families/kinetis-ftfe/mailbox.ts";
import { COMMON_WORDS } from "../../../../src/flash/ram-mailbox.ts";
import { hasJudge, requiredJudges } from "../../../../tools/judges.mjs";
import { readFileSync } from "node:fs";

/** Missing where it is required, it fails the test instead of hiding it. */
const GCC = "arm-none-eabi-gcc";

const source = readFileSync("target/ftfe-loader/loader.c", "utf8");

describe("the loader in RAM", () => {
  it.runIf(hasJudge(GCC) || requiredJudges().includes(GCC))("is what the compiler makes of its source", () => {
    expect(() => execFileSync(process.execPath, ["tools/build-loaders.mjs"], { stdio: "pipe" })).not.toThrow();
  });

  it("fits before its mailbox", () => {
    expect(FTFE_LOADER.length / 2).toBeLessThanOrEqual(LAYOUT.mailbox);
  });

  it("has room for a section of any chip in each of its buffers", () => {
    const [first, second] = LAYOUT.buffers;
    const banks = CHIPS.flatMap((chip) => chip.banks).filter(({ controller }) => controller?.family === "kinetis-ftfe");
    expect(banks.length).toBeGreaterThan(0);
    for (const { id, write } of banks) {
      expect(second - first, id).toBeGreaterThanOrEqual(write.burst.size);
      expect(LAYOUT.end - second, id).toBeGreaterThanOrEqual(write.burst.size);
    }
  });

  it("counts its commands as the host does", () => {
    const names = /enum command \{ ([^}]*) \}/.exec(source)?.[1].split(", ") ?? [];
    expect(Object.fromEntries(names.map((name, i) => [name, i]))).toEqual(COMMAND);
  });

  it("has the mailbox's words where the host has them", () => {
    const fields = [...source.matchAll(/^\tvolatile u32 (\w+)(\[2\])?;/gm)];
    const offsets = fields.map((_, i) => fields.slice(0, i).reduce((sum, before) => sum + (before[2] ? 8 : 4), 0));
    const host = Object.entries({ ...COMMON_WORDS, ...MAILBOX }).filter(([word]) => word !== "phrase1");
    expect(fields.map((f, i) => [f[1].replaceAll("_", ""), offsets[i]])).toEqual(
      host.map(([word, at]) => [word.replace("phrase0", "phrase").toLowerCase(), at]),
    );
  });
});
