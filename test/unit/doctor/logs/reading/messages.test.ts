import { describe, expect, it } from "vitest";
import { formOf, LONGEST_MESSAGE, readLine } from "../../../../../src/doctor/logs/reading/line-reader.ts";

const MESSAGE = "Error connecting DP: cannot read IDR";
const kindOf = (line: string) => formOf(line)?.form.fact;

describe("a message of a line", () => {
  it("is none of a blank line, or of a prefix alone", () => {
    for (const line of ["", "   ", "> ", "10:11:12"]) expect(readLine(line)).toEqual([]);
  });

  it("is found behind eight prefixes, and no more", () => {
    const behind = (count: number) => `${"10:11:12 ".repeat(count)}O.K.`;
    expect(kindOf(behind(8))).toBe("done");
    expect(kindOf(behind(9))).toBeUndefined();
  });

  it("is matched in its first 1000 characters", () => {
    const long = (length: number) => `Firmware: ${"x".repeat(length)}`;
    expect(readLine(long(2_000))[0].found?.match.groups?.firmware).toHaveLength(LONGEST_MESSAGE - "Firmware: ".length);
    expect(readLine(long(900))[0].found?.match.groups?.firmware).toHaveLength(900);
    expect(readLine(long(2_000))[0].text).toHaveLength(2_010);
  });

  it("has the marks of its prefixes", () => {
    expect(readLine("10:11:12 Error: O.K.")[0].marks).toEqual(["error"]);
    expect(readLine("- O.K.")[0].marks).toEqual(["dash"]);
    expect(readLine("Error: the quux")[0]).toMatchObject({ marks: ["error"], isError: true });
    expect(readLine("Info : the quux")[0]).toMatchObject({ marks: ["info"], isError: false });
    expect(readLine("O.K.")[0].marks).toEqual([]);
  });

  it("is about the word before it", () => {
    const subjectOf = (line: string) => readLine(line)[0].subject;
    expect(subjectOf("[kx.cpu] O.K.")).toBe("kx.cpu");
    expect(subjectOf("kx.cpu: O.K.")).toBe("kx.cpu");
    expect(subjectOf("K64F O.K.")).toBe("K64F");
    expect(subjectOf("O.K.")).toBeUndefined();
    expect(kindOf("K64F is O.K.")).toBeUndefined();
    expect(kindOf(`${"x".repeat(40)}: O.K.`)).toBe("done");
    expect(kindOf(`${"x".repeat(41)}: O.K.`)).toBeUndefined();
  });

  it("is found before a module's name", () => expect(kindOf("O.K. [board]")).toBe("done"));

  it("without a beginning of its own is found only in a line that looks like an error", () => {
    expect(kindOf("x: error: ap-protection is enabled")).toBe("lock-seen");
    expect(kindOf("x: ap-protection is enabled")).toBeUndefined();
  });
});

describe("a message that a sentence quotes", () => {
  it.each([
    [`it fails with "${MESSAGE}"`, "target-silent"],
    [`it fails with \`${MESSAGE}\` now`, "target-silent"],
    [`it fails with \u201c${MESSAGE}\u201d`, "target-silent"],
    [`it fails if "${MESSAGE}"`, undefined],
    [`whenever it fails: "${MESSAGE}"`, undefined],
    [`it may fail with "${MESSAGE}"`, undefined],
    [`how to fail "${MESSAGE}"`, undefined],
    ['it failed after "Verify successful."', undefined],
    ['it failed after "O.K."', undefined],
    [`it fails with "${MESSAGE}`, undefined],
    [`it fails with ${MESSAGE}`, undefined],
  ])("%s: %s", (line, kind) => expect(kindOf(line)).toBe(kind));
});

describe("lines that lost their ends", () => {
  const textsOf = (line: string) => readLine(line).map(({ text }) => text);
  const filler = "clock speed 1000 kHz ".repeat(12).trim();

  it("are cut before each message, with its level", () => {
    const line = `${filler} Error: ${MESSAGE} ** ${filler} Verify failed.`;
    const texts = textsOf(line);
    expect(texts).toContain(`Error: ${MESSAGE} **`);
    expect(texts.at(-1)).toBe("Verify failed.");
    expect(texts.join(" ").replaceAll(/\s+/g, " ")).toBe(line);
  });

  it("are taken apart from 241 characters on", () => {
    const line = (length: number) => `${"x".repeat(length - " Verify failed.".length)} Verify failed.`;
    expect(readLine(line(240))).toHaveLength(1);
    expect(readLine(line(241))).toHaveLength(2);
  });

  it("are those that tags break, too", () =>
    expect(readLine("O.K.<br>Verify failed.").map(({ found }) => found?.form.fact)).toEqual(["done", "verify-failed"]));
});
