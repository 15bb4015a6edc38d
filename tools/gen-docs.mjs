// @ts-check
// `node tools/gen-docs.mjs`: writes the pages and schemas that are made from the sources; with --check it only says
// which of them are out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import "./lib/ts-loader.mjs";
import { generatedPages, withoutLines } from "./lib/generated-pages.mjs";
import { inProject, say } from "./lib/project.mjs";

const check = process.argv.includes("--check");
const pages = await generatedPages();
const stale = [...pages].filter(([path, text]) => withoutLines(textOf(path)) !== withoutLines(text));

if (check) for (const [path] of stale) say(`${path} is out of date: run node tools/gen-docs.mjs`);
else for (const [path, text] of pages) write(path, text);
process.exitCode = check && stale.length > 0 ? 1 : 0;

/** @param {string} path */
function textOf(path) {
  return existsSync(inProject(path)) ? readFileSync(inProject(path), "utf8") : "";
}

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(inProject(path)), { recursive: true });
  writeFileSync(inProject(path), text);
}
