// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.mjs";
import { filesUnder } from "./sources.mjs";

const INTRO = `# Doubts

Facts that no source confirmed, or that sources tell differently. Each is marked \`(unsure)\` where it stands in the
code; this page is made from these marks by \`node tools/gen-docs.mjs\`. A doubt ends with a manual, or with a
measurement on silicon: correct the fact, cite the source, take the mark away.
`;

/** The mark, alone in its brackets or with a reason; "marked (unsure)" speaks of the mark itself. */
const mark = /(?<!marked )\(?\bunsure\b/;

/** docs/doubts.md. @param {readonly import("../../src/chips/chip.ts").Chip[]} chips */
export function doubtsPage(chips) {
  const files = filesUnder(join(root, "src")).filter((path) => path.endsWith(".ts"));
  const sections = files.flatMap((path) => {
    const doubts = doubtsIn(readFileSync(join(root, "src", path), "utf8"));
    const items = doubts.map(({ line, text }) => `- ${text} (\`src/${path}:${line}\`)\n`);
    return items.length > 0 ? [`## ${path}\n\n${items.join("")}`] : [];
  });
  return [INTRO, ...chips.flatMap(chipDoubts), ...sections].join("\n");
}

/** @param {import("../../src/chips/chip.ts").Chip} chip */
function chipDoubts({ name, sources }) {
  const items = sources.filter(({ sure }) => !sure).map(({ fact, from }) => `- ${fact} (${from})\n`);
  return items.length > 0 ? [`## The chip ${name}\n\n${items.join("")}`] : [];
}

/** The doubts of one source text: the sentence of the comment that holds the mark, or the line it stands in. @param {string} source */
export function doubtsIn(source) {
  const lines = source.split("\n");
  return lines.flatMap((line, index) =>
    mark.test(commentOf(line)) ? [{ line: index + 1, text: doubtAt(lines, index) }] : [],
  );
}

/** The part of a line that is comment; text that the program prints is none. @param {string} line */
function commentOf(line) {
  if (isComment(line)) return line;
  const at = line.search(/\s\/\/\s|\/\*\*/);
  return at < 0 ? "" : line.slice(at);
}

/** @param {readonly string[]} lines @param {number} index */
function doubtAt(lines, index) {
  if (!isComment(lines[index])) return tidy(lines[index].replace(/\s\/\/\s/, ": "));
  let [from, to] = [index, index + 1];
  while (from > 0 && !/^\s*\/\*\*/.test(lines[from]) && isComment(lines[from - 1])) from--;
  while (to < lines.length && isComment(lines[to]) && !lines[to - 1].includes("*/")) to++;
  const before = lines
    .slice(from, index)
    .map((line) => `${bare(line)} `)
    .join("").length;
  return sentenceAt(lines.slice(from, to).map(bare).join(" "), before + bare(lines[index]).search(mark));
}

/** @param {string} line */
const isComment = (line) => /^\s*(\/\*\*|\*|\/\/)/.test(line);

/** @param {string} line */
const bare = (line) =>
  line
    .replace(/^\s*(\/\*\*|\*\/|\*|\/\/)\s?/, "")
    .replace(/\s*\*\/\s*$/, "")
    .trim();

/** The sentence around a place in a text. @param {string} text @param {number} at */
function sentenceAt(text, at) {
  const ends = [...text.matchAll(/[.!?](?=\s|$)/g)].map((match) => match.index + 1);
  const start = ends.filter((end) => end <= at).at(-1) ?? 0;
  const end = ends.find((place) => place > at) ?? text.length;
  return tidy(text.slice(start, end));
}

/** @param {string} text */
const tidy = (text) => text.trim().replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
