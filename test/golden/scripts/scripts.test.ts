import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/commander/language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../../../src/commander/language/command-list/impossible.ts";
import { lexScript } from "../../../src/commander/language/lexer.ts";
import { consoleOf, pathOf } from "./script.ts";

const NAMES = readdirSync("test/golden/scripts")
  .filter((file) => file.endsWith(".jlink"))
  .map((file) => file.replace(/\.jlink$/, ""));

/** `UPDATE_GOLDEN=1 npm test -- test/golden/scripts` writes the consoles anew: read what changed before you keep it. */
const update = process.env["UPDATE_GOLDEN"] === "1";

describe("the console of", () => {
  it.each(NAMES)("%s", async (name) => {
    const text = await consoleOf(name);
    const path = pathOf(name, "out");
    if (update) writeFileSync(path, text);
    expect(existsSync(path), "UPDATE_GOLDEN=1 writes it").toBe(true);
    expect(text).toBe(readFileSync(path, "utf8"));
  });
});

describe("the scripts", () => {
  it("are forty at least", () => expect(NAMES.length).toBeGreaterThanOrEqual(40));
  it("call every command by every name", () => {
    const called = new Set(
      NAMES.flatMap((name) => lexScript(readFileSync(pathOf(name, "jlink"), "utf8"))).map((line) =>
        line.name.toLowerCase(),
      ),
    );
    const names = [...COMMANDS, ...IMPOSSIBLE_COMMANDS].flatMap((command) => [...command.names]);
    expect(names.filter((name) => !called.has(name.toLowerCase()))).toEqual([]);
  });
});
