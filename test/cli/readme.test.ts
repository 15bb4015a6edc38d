import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { CHIP, Workspace } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());

/** The lines that the README shows, as arguments; `exit N` in a line's comment is its exit code. */
const LINES = readFileSync("README.md", "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, words, comment = ""] = /^ {4}fp (.*?)(?:\s+#(.*))?$/.exec(line) ?? [];
    return words === undefined ? [] : [{ words, exit: Number(/exit (\d+)/.exec(comment)?.[1] ?? 0) }];
  });

describe("the README's examples", () => {
  it("are there", () => expect(LINES.length).toBeGreaterThan(8));

  // The verb twin serves until it is stopped; test/clients has it.
  it.each(LINES.filter(({ words }) => !words.startsWith("twin ")))("fp $words", async ({ words, exit }) => {
    workspace.terminal = { folder: process.cwd(), env: { FLASHPROOF_CHIP: CHIP, FLASHPROOF_PROBE: workspace.twin() } };
    expect(await workspace.fp(...words.split(/\s+/))).toMatchObject({ exit });
  });
});
