// @ts-check
// What is known of GDB's own test suite: the scripts that CI runs, those that are left out, and failures that are not ours.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inProject } from "../project.mjs";

/** Where the suite's board and its data are. */
export const FILES = inProject("test", "clients", "gdb", "suite");

/** `qemu`: QEMU's stub has these failures, too. @typedef {{ failures: readonly string[], reason: string, qemu: boolean }} Known */

/** @type {Readonly<Record<string, readonly Known[]>>} */
const KNOWN = readJson("known-failures.json");

/** Why a script isn't run, by its name. @type {ReadonlyMap<string, string>} */
export const EXCLUDED = new Map(
  readJson("exclusions.json").flatMap((/** @type {{ reason: string, scripts: readonly string[] }} */ entry) =>
    entry.scripts.map((script) => [script, entry.reason]),
  ),
);

/** The scripts that CI runs. @type {readonly string[]} */
export const USUAL = readJson("scripts.json");

/** All scripts of gdb.base but the excluded ones. @param {string} testsuite @returns {readonly string[]} */
export function allScripts(testsuite) {
  const names = readdirSync(join(testsuite, "gdb.base")).filter((name) => name.endsWith(".exp"));
  return names.map((name) => name.slice(0, -".exp".length)).filter((name) => !EXCLUDED.has(name));
}

/** Failures without an entry in known-failures.json. @param {{ name: string, failures: readonly string[] }} outcome */
export const unknownOf = (outcome) => outcome.failures.filter((text) => !entryOf(outcome.name, text));

/** Known failures that QEMU's stub doesn't show. @param {{ name: string, failures: readonly string[] }} outcome */
export const onlyOursOf = (outcome) => outcome.failures.filter((text) => entryOf(outcome.name, text)?.qemu === false);

/** @param {string} name @param {string} text */
const entryOf = (name, text) => KNOWN[name]?.find(({ failures }) => failures.map(plain).includes(plain(text)));

/** A failure's text without how it came: DejaGnu adds ` (timeout)`. @param {string} text */
export const plain = (text) =>
  text.replace(
    / \((?:timeout|eof|got interactive prompt|GDB internal error|the program exited|the program is no longer running)\)$/,
    "",
  );

/** @param {string} name */
function readJson(name) {
  return JSON.parse(readFileSync(join(FILES, name), "utf8"));
}
