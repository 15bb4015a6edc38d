import { describe, expect, it } from "vitest";
import { inCommanderWords } from "../../../src/commander/words/hint-words.ts";
import { ADVICE } from "../../../src/doctor/advice.ts";
import { board } from "../../support/board.ts";
import { run } from "./lab.ts";

/** A whole command line of Flashproof's is fine; a flag that no command line stands before is none of J-Link's. */
const STRAY_FLAG = /(?<!flashproof [^.;)]*)--\w/;

const hints = Object.entries(ADVICE).flatMap(([code, { hints }]) => hints.map((hint) => [code, hint] as const));

describe("a hint inside the Commander", () => {
  it.each(hints)("about %s names no flag that its command line hasn't: %s", (_, hint) => {
    expect(inCommanderWords(hint)).not.toMatch(STRAY_FLAG);
  });

  it("names the device option where Flashproof's own verbs want a chip", async () => {
    const { notes } = await run("erase", { device: "MK24FN1M0" });
    expect(notes.join("\n")).not.toMatch(STRAY_FLAG);
    expect(notes.join("\n")).toContain("-Device MK24FN1M0xxx12");
  });

  it("names the Commander's way to open a locked chip", async () => {
    const { notes } = await run("connect", { twin: board({ locked: true }) });
    expect(notes.join("\n")).not.toMatch(STRAY_FLAG);
  });
});
