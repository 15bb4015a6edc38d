import { readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { findCommand } from "../../commander/language/command.ts";
import { COMMANDS } from "../../commander/language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../../commander/language/command-list/impossible.ts";
import { lexScript } from "../../commander/language/lexer.ts";
import { readWhole } from "../../node/files.ts";

/** Whether a path is a folder; one that isn't there is none. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Endings that only command files have. */
const SCRIPT_ENDINGS = [".jlink", ".jlinkcmd", ".jlinkcommand", ".seg"];

/** Endings that other files have, too: their content decides. */
const SHARED_ENDINGS = ["", ".cmd", ".txt", ".jlk", ".in", ".script"];

/** Folders that no project's own scripts are in. */
const PASSED_OVER = ["node_modules", ".git"];

/** No command file is nearly so large. */
const MOST_BYTES = 64 * 1024;

/** The command files in a folder and the folders in it, by path; links are not followed. */
export function scriptsIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return PASSED_OVER.includes(entry.name) ? [] : scriptsIn(path);
      return entry.isFile() && isScript(path) ? [path] : [];
    });
}

function isScript(path: string): boolean {
  const ending = extname(path).toLowerCase();
  if (SCRIPT_ENDINGS.includes(ending)) return true;
  if (!SHARED_ENDINGS.includes(ending) || statSync(path).size > MOST_BYTES) return false;
  return looksLikeScript(new TextDecoder().decode(readWhole(path)));
}

/** Commands by which a text is known as one: others are words of any language. */
const MARKS = [
  "LoadFile",
  "LoadBin",
  "VerifyBin",
  "SaveBin",
  "ExitOnError",
  "exec",
  "device",
  "SelectInterface",
  "erase",
];

/** Most lines are commands, and one of them is of those that only command files have. */
function looksLikeScript(text: string): boolean {
  const names = lexScript(text).flatMap(({ name }) => (name === "" ? [] : [name]));
  const known = names.filter((name) => findCommand([...COMMANDS, ...IMPOSSIBLE_COMMANDS], name));
  const isMark = (name: string) => MARKS.includes(findCommand(COMMANDS, name)?.names[0] ?? "");
  return known.some(isMark) && known.length * 4 >= names.length * 3;
}
