import { describe, expect, it } from "vitest";
import { COMMANDER_WORDS } from "../../../src/commander/words/advice-words.ts";
import { board } from "../../support/board.ts";
import { run } from "./lab.ts";

/** A whole command line of Flashproof's is fine, and so are the Commander's own flags; any other flag is none of J-Link's. */
const STRAY_FLAG = /(?<!flashproof [^.;)]*)--(?!strict\b|ignore-jlinkscript\b)\w/;

describe("advice inside the Commander", () => {
  it.each(Object.entries(COMMANDER_WORDS))("spells %s without a flag that its command line hasn't: %s", (_, text) => {
    expect(text).not.toMatch(STRAY_FLAG);
  });

  it("names the device option where Flashproof's own verbs want a chip", async () => {
    const { notes } = await run("erase", { device: "MK24FN1M0" });
    expect(notes.join("\n")).not.toMatch(STRAY_FLAG);
    expect(notes.join("\n")).toContain("near it: MK24FN1M0xxx12");
  });

  it("names the Commander's way to open a locked chip", async () => {
    const { notes } = await run("connect", { twin: board({ locked: true }) });
    expect(notes.join("\n")).not.toMatch(STRAY_FLAG);
  });
});
