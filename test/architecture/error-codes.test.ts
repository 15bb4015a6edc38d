import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ADVICE } from "../../src/doctor/advice.ts";
import { root } from "../../tools/lib/project.mjs";
import { readSources } from "../../tools/lib/sources.mjs";

/** Tables that say something of every code; they throw none. */
const TABLES = ["doctor/advice.ts", "cli/exit-codes.ts"];

/** Every text in the sources that is a value: types and those tables left out. */
const VALUES = new Set(
  readSources(join(root, "src"))
    .filter(({ path }) => !TABLES.includes(path))
    .flatMap(({ ast }) => textsIn(ast)),
);

function textsIn(node: ts.Node): readonly string[] {
  if (ts.isTypeNode(node)) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  const found: string[] = [];
  node.forEachChild((child) => void found.push(...textsIn(child)));
  return found;
}

describe("an error code", () => {
  it.each(Object.keys(ADVICE))("%s is thrown somewhere", (code) => expect(VALUES.has(code)).toBe(true));
});
