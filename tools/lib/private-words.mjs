// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesUnder } from "./sources.mjs";

/** Never part of the project, in any folder. */
const skipped = new Set([".git", "node_modules", "dist", "tmp", ".gitignore"]);

/** Written with a class in the middle, so that this file doesn't find itself. */
const words = [
  // But for the home folder of "user", which stands for whoever it was.
  { what: "a path of one machine", pattern: /(?<![\w.~$}-])\/(wor[k]|hom[e](?!\/user\/)|roo[t]|User[s]|tm[p])\/\w/ },
  {
    what: "a package registry's host",
    pattern:
      /\b(registr[y]\.[\w-]+\.\w+|npmmirro[r]|pyp[i]\.org|pythonhoste[d]\.org|de[b]\.debian\.org|snapsho[t]\.debian)/,
  },
  {
    what: "an address of a private network",
    pattern: /\b(10\.\d{1,3}|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}:\d+/,
  },
];

/** Largest text worth a look; what is larger is an example's binary. */
const largest = 1_000_000;

/**
 * One line for each place where a file of the project names the machine it was written on.
 *
 * @param {string} top
 * @returns {string[]}
 */
export function privateWords(top) {
  return filesUnder(top, (name) => skipped.has(name)).flatMap((path) => {
    const text = readFileSync(join(top, path), "latin1");
    return text.includes("\0") || text.length > largest ? [] : faultsIn(path, text);
  });
}

/** What `privateWords` finds in one text. @param {string} path @param {string} text @returns {string[]} */
export const faultsIn = (path, text) =>
  text
    .split("\n")
    .flatMap((line, i) =>
      words.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${path}:${i + 1}: names ${what}`),
    );
