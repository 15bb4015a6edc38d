import { describe, expect, it } from "vitest";
import { scriptFileMissing } from "../../../src/commander/words/script-file-words.ts";

describe("what is missing without a J-Link script file", () => {
  const missing = (text: string) => scriptFileMissing("a.JLinkScript", () => new TextEncoder().encode(text));

  it("names the functions that J-Link calls, and none that every object of the language has", () => {
    expect(missing("int InitTarget(void) {}\nint constructor(void) {}\nint toString(void) {}")).toMatch(
      /missing would be: InitTarget \([^()]+\)$/,
    );
    expect(missing("int constructor(void) {}")).toMatch(/missing would be: a connect, reset or unlock of its own$/);
  });
});
