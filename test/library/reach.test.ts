import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importEdges } from "../../tools/lib/imports.mjs";
import { root } from "../../tools/lib/project.mjs";
import { readSources } from "../../tools/lib/sources.mjs";

const edges = importEdges(readSources(join(root, "src")).filter(({ path }) => !path.endsWith(".d.ts")));

/** Everything that a module reaches, packages included; types are gone at run time. */
function reached(from: string): ReadonlySet<string> {
  const found = new Set([from]);
  for (const path of found) for (const edge of edges) if (edge.from === path && !edge.typeOnly) found.add(edge.to);
  return found;
}

describe("the entry for browsers", () => {
  const files = reached("entry/browser.ts");

  it("reaches the session, the twin and the drivers", () => {
    expect([...files]).toEqual(
      expect.arrayContaining(["session/flash-job.ts", "twin/usb.ts", "probe/jlink/jlink-probe.ts"]),
    );
  });

  it("reaches no module of Node, and no package that needs one", () => {
    const outside = [...files].filter((path) => !path.endsWith(".ts"));
    expect(outside.filter((name) => !name.startsWith("@noble/hashes/"))).toEqual([]);
  });

  it("reaches nothing of the Node host, the command line or the Commander", () => {
    expect([...files].filter((path) => /^(node|cli|commander)\//.test(path))).toEqual([]);
  });
});

describe("the entry for Node", () => {
  it("reaches neither the command line nor the Commander", () => {
    expect([...reached("entry/node.ts")].filter((path) => /^(cli|commander)\//.test(path))).toEqual([]);
  });
});
