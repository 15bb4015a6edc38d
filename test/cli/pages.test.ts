import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedPages, withoutLines } from "../../tools/lib/generated-pages.mjs";
import { doubtsIn } from "../../tools/lib/page-doubts.mjs";
import { filesUnder } from "../../tools/lib/sources.mjs";

const pages = await generatedPages();
const HAND_WRITTEN = [...filesUnder("docs").map((path) => `docs/${path}`), "README.md"].filter((p) =>
  p.endsWith(".md"),
);

describe("generated pages", () => {
  it.each([...pages.keys()])("%s equals what its sources generate (else: node tools/gen-docs.mjs)", (path) => {
    expect(withoutLines(readFileSync(path, "utf8"))).toBe(withoutLines(pages.get(path) ?? ""));
  });

  it("nothing stands in docs/schema that no command has", () => {
    for (const file of filesUnder("docs/schema")) expect([...pages.keys()]).toContain(`docs/schema/${file}`);
  });
});

describe("a doubt", () => {
  it("is the sentence of a comment that holds the mark, across its lines", () => {
    const source = ["/**", " * One thing. Another thing, which", " * is long (unsure). A third.", " */", "x;"].join(
      "\n",
    );
    expect(doubtsIn(source)).toEqual([{ line: 3, text: "Another thing, which is long (unsure)." }]);
  });

  it("in a trailing comment brings its line along", () => {
    expect(doubtsIn("  7: 'AXI-AP', // by analogy (unsure)")).toEqual([
      { line: 1, text: "7: 'AXI-AP',: by analogy (unsure)" },
    ]);
  });

  it("is not a word that the program prints", () => {
    expect(doubtsIn('const mark = " (unsure)";')).toEqual([]);
  });
});

describe("links", () => {
  it.each(HAND_WRITTEN)("of %s lead somewhere", (path) => {
    const text = readFileSync(path, "utf8");
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)].map((match) => match[1]);
    for (const target of targets) expect(existsSync(join(dirname(path), target)), target).toBe(true);
  });
});
