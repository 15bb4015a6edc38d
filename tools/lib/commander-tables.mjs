// @ts-check
import { readdirSync, readFileSync } from "node:fs";
import { inProject } from "./project.mjs";

/** What docs/commander.md is made of: the Commander's tables, and the golden consoles. @returns {Promise<import("./page-commander.mjs").CommanderTables>} */
export async function commanderTables() {
  const { COMMAND_GROUPS } = await import("../../src/commander/language/command-list.ts");
  const { IMPOSSIBLE_COMMANDS } = await import("../../src/commander/language/command-list/impossible.ts");
  const { EXEC_STRINGS, EXEC_WITHOUT_EFFECT } = await import("../../src/commander/language/exec-list.ts");
  const { OPTIONS } = await import("../../src/commander/language/command-line.ts");
  const { syntaxOf } = await import("../../src/commander/language/command.ts");
  return {
    groups: COMMAND_GROUPS,
    impossible: IMPOSSIBLE_COMMANDS,
    execStrings: EXEC_STRINGS,
    execWithoutEffect: EXEC_WITHOUT_EFFECT,
    options: OPTIONS,
    syntaxOf,
    examples: goldenScripts(),
  };
}

/** The golden scripts by name, each with what its first comment says. */
function goldenScripts() {
  const folder = inProject("test", "golden", "scripts");
  const names = readdirSync(folder).filter((file) => file.endsWith(".jlink"));
  const about = (/** @type {string} */ file) =>
    /^\/\/ (?!\w+: )(.*)/.exec(readFileSync(`${folder}/${file}`, "utf8"))?.[1];
  return new Map(names.map((file) => [file.slice(0, -".jlink".length), about(file) ?? ""]));
}
