// @ts-check
import { basename } from "node:path";
import ts from "typescript";
import { lineOf, walk } from "./sources.mjs";

/** @typedef {import("./sources.mjs").Source} Source */
/** @typedef {{ path: string, line: number, word: string, text: string, where: "identifier" | "title" | "file", instead: string }} ReplacedWord */

/**
 * Private words that the terms of the field have replaced, in each of their forms. Words that are one in an identifier
 * (`goOn`) are written with a space.
 *
 * @type {readonly { forms: readonly string[], instead: string }[]}
 */
export const REPLACED = [
  { forms: ["lane", "lanes"], instead: "byte lane, queue, link" },
  { forms: ["wish", "wishes", "wished"], instead: "request" },
  { forms: ["say", "says", "said"], instead: "report, print, output" },
  { forms: ["meet", "meets", "met"], instead: "match, reach, encounter" },
  { forms: ["greet", "greets", "greeting"], instead: "banner" },
  { forms: ["go on", "goes on"], instead: "continue, resume" },
  { forms: ["hear", "hears", "heard", "unheard"], instead: "receive, output" },
  { forms: ["tell", "tells", "telling", "told"], instead: "report, print, request" },
  { forms: ["dark"], instead: "without power, unreadable" },
  { forms: ["owe", "owes", "owed"], instead: "pending" },
  { forms: ["stretch", "stretches"], instead: "range, run" },
  { forms: ["meanwhile"], instead: "while ..., in the background" },
  { forms: ["order", "orders", "ordered"], instead: "command, request" },
  { forms: ["question", "questions"], instead: "command, request" },
  { forms: ["phrase", "phrases"], instead: "write unit (outside FTFE)" },
  { forms: ["nobody", "somebody", "anybody", "whoever"], instead: "the unit that does it, or the passive" },
  { forms: ["turn", "turns"], instead: "round trip, turnaround" },
  { forms: ["story", "exhibit", "museum", "desk", "door", "world", "house", "face"], instead: "" },
];

/**
 * Where a word of the list stays, and why. `text` matches the identifier, or the part of a title that is allowed.
 *
 * @type {readonly { word: string, text: RegExp, path?: RegExp, because: string }[]}
 */
export const ALLOWED = [
  { word: "lane", text: /byte[-_ ]?lanes?/i, because: "byte lanes are the Arm manuals' term (ADIv5.2, C2.2.6)" },
  {
    word: "phrase",
    text: /phrase/i,
    path: /^(src\/(twin\/(chip|families)|chips|flash|families\/kinetis-ftfe)\/|src\/(registers\/ftfe|session\/traced)\.ts|test\/unit\/(twin|chips|flash|session|families)\/|test\/(regression|soak\/causes)\/|test\/unit\/doctor\/memory-causes\.test\.ts|test\/architecture\/words\.test\.ts)/,
    because: "FTFE's manual calls eight bytes a phrase",
  },
  {
    word: "order",
    text: /^DATA_ORDER$|^byteOrder$|byte order|order codes?|^orderCodes?$/i,
    because: "byte order; NXP's order codes",
  },
  {
    word: "order",
    text: /\bin (the |its |that |their |any )?order\b|\border of\b/i,
    because: "a sequence, not a command",
  },
  { word: "turn", text: /\bturns? (on|off)\b/i, because: "switching" },
  {
    word: "world",
    text: /world/i,
    path: /^test\/soak\/consents/,
    because: "the consent model is still being written; rename it when it is done",
  },
];

/** Folders whose words are checked. */
export const CHECKED = ["src/", "test/"];

/**
 * Every declared identifier, file name and test title with a replaced word in it.
 *
 * @param {readonly Source[]} sources with paths from the project's root
 * @returns {ReplacedWord[]}
 */
export function replacedWords(sources) {
  /** @type {ReplacedWord[]} */
  const found = [];
  for (const source of sources) {
    const { path } = source;
    /** @param {"identifier" | "title" | "file"} where @param {string} text @param {number} line */
    const look = (where, text, line) => {
      for (const { word, instead } of wordsOut(where === "title" ? text : spaced(text), text, path))
        found.push({ path, line, word, text, where, instead });
    };
    look("file", basename(path).replace(/\..*$/, ""), 1);
    walk(source.ast, (node) => {
      if (isDeclaredName(node)) look("identifier", node.text, lineOf(source, node));
      const title = titleOf(node) ?? checkTitleOf(node, path);
      if (title) look("title", title.text, lineOf(source, title.node));
    });
  }
  return found;
}

/** @param {string} prose @param {string} text @param {string} path */
function wordsOut(prose, text, path) {
  return REPLACED.flatMap(({ forms, instead }) => {
    const allowed = ALLOWED.filter((one) => forms.includes(one.word) && (one.path?.test(path) ?? true));
    const rest = allowed.reduce((left, one) => (one.text.test(text) ? without(left, one.text) : left), prose);
    const form = forms.find((each) => new RegExp(`\\b${each}\\b`, "i").test(rest));
    return form === undefined ? [] : [{ word: form, instead }];
  });
}

/** The text without its allowed part; an identifier is allowed as a whole. @param {string} text @param {RegExp} part */
function without(text, part) {
  const stripped = text.replace(new RegExp(part.source, "gi"), "");
  return stripped === text ? "" : stripped;
}

/** `goOn`, `GO_ON` and `go-on` as words with spaces. @param {string} name */
const spaced = (name) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .replace(/[_#-]/g, " ");

/** @param {ts.Node} node @returns {node is ts.Identifier | ts.PrivateIdentifier} */
function isDeclaredName(node) {
  if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent))
    return false;
  if (ts.isMetaProperty(parent) || ts.isShorthandPropertyAssignment(parent)) return false;
  return "name" in parent && parent.name === node;
}

/**
 * The title of a `describe`, `it` or `test`, `.each(...)` and `.skipIf(...)` included.
 *
 * @param {ts.Node} node
 * @returns {{ text: string, node: ts.Node } | undefined}
 */
function titleOf(node) {
  if (!ts.isCallExpression(node) || node.arguments.length < 2) return undefined;
  return /^(describe\w*|it|test)\b/.test(rootOf(node.expression)) ? titleText(node.arguments[0]) : undefined;
}

/** A check of `test/vm` is an object with a title. @param {ts.Node} node @param {string} path */
function checkTitleOf(node, path) {
  const isTitle = path.startsWith("test/") && ts.isPropertyAssignment(node) && node.name.getText() === "title";
  return isTitle ? titleText(node.initializer) : undefined;
}

/** @param {ts.Expression} title */
function titleText(title) {
  if (ts.isStringLiteralLike(title)) return { text: title.text, node: title };
  if (!ts.isTemplateExpression(title)) return undefined;
  const spans = title.templateSpans.map(({ literal }) => literal.text);
  return { text: [title.head.text, ...spans].join("..."), node: title };
}

/** The name that a chain of calls and members begins with. @param {ts.Expression} expression @returns {string} */
function rootOf(expression) {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isCallExpression(expression) || ts.isPropertyAccessExpression(expression))
    return rootOf(expression.expression);
  return ts.isTaggedTemplateExpression(expression) ? rootOf(expression.tag) : "";
}
