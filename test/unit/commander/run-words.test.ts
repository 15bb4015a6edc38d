import { describe, expect, it } from "vitest";
import { HostError, WaitError } from "../../../src/base/errors.ts";
import type { ScriptLine } from "../../../src/commander/language/lexer.ts";
import { failedButZero, type Interruption, interrupted } from "../../../src/commander/words/run-words.ts";

const line = (number: number, text: string) => ({ number, text, name: text.split(" ")[0] }) as unknown as ScriptLine;
const CAUSE = new WaitError("aborted", "Ctrl-C");
const AT: Interruption = { line: line(3, " loadfile a.bin "), done: 2, left: 4, flashed: [], core: "runs" };
const text = (more: Partial<Interruption>, cause: unknown = CAUSE) => interrupted({ ...AT, ...more }, cause).message;

describe("the error of a Commander run that was interrupted", () => {
  it("has the line, the flash, the core and the lines that were not run", () => {
    const error = interrupted(AT, CAUSE);
    expect(error.message).toBe(
      "Interrupted in line 3 (loadfile a.bin); no flash operation was under way; the core runs on; 4 lines were not run",
    );
    expect([error.code, error.cause, error.details]).toEqual(["aborted", CAUSE, {}]);
  });

  it.each<[Partial<Interruption>, string]>([
    [{ line: line(0, "-Device K24") }, "Interrupted while connecting (-Device K24);"],
    [{ line: undefined, left: undefined }, "Interrupted at the prompt;"],
    [{ line: undefined, done: 0 }, "Interrupted before the first line;"],
    [{ line: undefined, done: 1 }, "Interrupted between two lines;"],
    [{ left: undefined }, "Interrupted in line 3 (loadfile a.bin);"],
  ])("begins with where it was: %o", (more, begin) => {
    expect(text(more).startsWith(begin)).toBe(true);
  });

  it.each<[Interruption["core"], string]>([
    ["runs", "; the core runs on;"],
    ["halted", "; the core stays as it was left (SetRestartOnClose = 0);"],
    ["not-connected", "; no target was connected;"],
    ["lost", "; whether the core runs is not known: it didn't answer;"],
  ])("has what became of the core: %s", (core, words) => {
    expect(text({ core })).toContain(words);
  });

  it.each<[number | undefined, RegExp]>([
    [0, /; no line was left to run$/],
    [1, /; 1 line was not run$/],
    [2, /; 2 lines were not run$/],
    [undefined, /; the core runs on$/],
  ])("ends with %s lines that were not run", (left, words) => {
    expect(text({ left })).toMatch(words);
  });

  it("has a flash job's own words and details, and the lines that had flashed before", () => {
    const job = new WaitError("aborted", "Called off between two steps; the chip is half done", {
      details: { flash: "in-part", next: "repeat-job" },
      cause: CAUSE,
    });
    const outer = new HostError("usage", "outer", { cause: job });
    const error = interrupted({ ...AT, flashed: [line(1, "erase"), line(2, " loadfile b.bin")] }, outer);
    expect(error.message).toContain(
      "; called off between two steps; the chip is half done; done before: line 1 (erase), line 2 (loadfile b.bin); the core",
    );
    expect(error.details).toEqual({ flash: "in-part", next: "repeat-job" });
    expect(text({ flashed: [line(1, "erase")] })).toContain(
      "no flash operation was under way; done before: line 1 (erase);",
    );
  });
});

describe("a run whose commands failed while its exit code is 0", () => {
  it("names how many and the first one, and what makes it 1", () => {
    expect(failedButZero([line(3, " r ")])).toBe(
      "1 command failed, the first in line 3 (r), and the exit code is 0: ExitOnError 1 or --strict makes it 1",
    );
    expect(failedButZero([line(3, "r"), line(4, "h")])).toMatch(/^2 commands failed, the first in line 3 \(r\)/);
  });
});
