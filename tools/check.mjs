// @ts-check
// `npm run check [-- --quick]`: the house rules, measured; `--quick` leaves compiler and linters out. Exit code 1 when one of
// them is broken.
import { join } from "node:path";
import { undocumentedExports } from "./lib/exports.mjs";
import { crowdedFolders, FILES_PER_FOLDER, fragments } from "./lib/folders.mjs";
import { familyWords } from "./lib/family-words.mjs";
import { forbiddenEdges, forbiddenTime } from "./lib/forbidden.mjs";
import { measureFunctions, percentile } from "./lib/functions.mjs";
import { importCycles, importEdges } from "./lib/imports.mjs";
import { privateWords } from "./lib/private-words.mjs";
import { root } from "./lib/project.mjs";
import { capture, toolScripts } from "./lib/run.mjs";
import { readSources } from "./lib/sources.mjs";
import { CHECKED, replacedWords } from "./lib/words.mjs";

/** Limits of the house: the median is a rule, long functions and files are worth a look. */
const limits = { medianFunction: 11, functionLines: 60, fileLines: 400, printed: 60 };

/** @typedef {{ line: string, faults: readonly string[], warnings?: readonly string[] }} Finding */

const sources = readSources(join(root, "src")).filter(({ path }) => !path.endsWith(".d.ts"));
const findings = [
  checkImports(),
  checkFolders(),
  checkExports(),
  checkFunctions(),
  checkWords(),
  checkFamilyWords(),
  checkPrivacy(),
  ...(process.argv.includes("--quick") ? [] : await checkTools()),
];
for (const finding of findings) print(finding);
process.exitCode = findings.some(({ faults }) => faults.length > 0) ? 1 : 0;

/** @returns {Finding} */
function checkImports() {
  const edges = importEdges(sources);
  const cycles = importCycles(edges).map((files) => `cycle: ${files.join(" ")}`);
  const forbidden = [...forbiddenEdges(edges), ...forbiddenTime(sources)];
  return { line: `imports: ${cycles.length} cycles, ${forbidden.length} forbidden`, faults: [...cycles, ...forbidden] };
}

/** @returns {Finding} */
function checkFamilyWords() {
  const found = familyWords(sources.map(({ path, ast }) => ({ path, text: ast.text })));
  const faults = found.map(({ path, line, word }) => `${path}:${line}: ${word}`);
  return { line: `families: ${found.length} words of a family outside of its folders`, faults };
}

/** @returns {Finding} */
function checkFolders() {
  const crowded = crowdedFolders(sources);
  const merge = fragments(sources, importEdges(sources), ["cli/main.ts", "base/index.ts", "image/index.ts"]);
  return {
    line: `folders: ${crowded.length} over ${FILES_PER_FOLDER} files, ${merge.length} files to merge`,
    faults: crowded,
    warnings: merge,
  };
}

/** @returns {Finding} */
function checkExports() {
  const faults = undocumentedExports(sources);
  return { line: `exports: ${faults.length} undocumented`, faults };
}

/** @returns {Finding} */
function checkFunctions() {
  const functions = measureFunctions(sources);
  const lengths = functions.map(({ lines }) => lines);
  const median = percentile(lengths, 0.5);
  return {
    line: `functions: median ${median} p90 ${percentile(lengths, 0.9)}`,
    faults: median > limits.medianFunction ? [`the median function has more than ${limits.medianFunction} lines`] : [],
    warnings: [
      ...functions
        .filter(({ lines }) => lines > limits.functionLines)
        .map(({ path, line, name, lines }) => `${path}:${line}: ${name} has ${lines} lines`),
      ...sources
        .map(({ path, ast }) => ({ path, lines: ast.getLineStarts().length - 1 }))
        .filter(({ lines }) => lines > limits.fileLines)
        .map(({ path, lines }) => `${path} has ${lines} lines`),
    ],
  };
}

/** @returns {Finding} */
function checkWords() {
  const all = ["src", "test"].flatMap((top) =>
    readSources(join(root, top)).map(({ path, ast }) => ({ path: `${top}/${path}`, ast })),
  );
  const found = replacedWords(all.filter(({ path }) => CHECKED.some((folder) => path.startsWith(folder))));
  return {
    line: `words: ${found.length} replaced words as identifiers or in titles`,
    faults: found.map(
      ({ path, line, where, text, word, instead }) =>
        `${path}:${line}: ${where} "${text}" has "${word}"${instead === "" ? "" : `, use ${instead}`}`,
    ),
  };
}

/** @returns {Finding} */
function checkPrivacy() {
  const faults = privateWords(root);
  return { line: `privacy: ${faults.length} names of machines`, faults };
}

/** The compilers and linters, one after the other: each of them takes a core or two by itself. */
async function checkTools() {
  return [
    await checkTool("types of src", [toolScripts.tsc, "-b"]),
    await checkTool("types of the page", [toolScripts.tsc, "-p", "tsconfig.web.json"]),
    await checkTool("types of tests", [toolScripts.tsc, "-p", "tsconfig.test.json"]),
    await checkTool("biome", [
      toolScripts.biome,
      "check",
      "--colors=off",
      "--reporter=concise",
      "--max-diagnostics=none",
    ]),
    await checkTool("eslint", [toolScripts.eslint, "--no-color", "."]),
    await checkUnused(),
  ];
}

/** Exports that no other file imports, tests and tools included (knip.json). @returns {Promise<Finding>} */
async function checkUnused() {
  const { output } = await capture(process.execPath, [toolScripts.knip, "--no-progress", "--reporter", "json"]);
  /** @type {{ issues: readonly { file: string, exports?: readonly { name: string, line: number }[] }[] }} */
  const { issues } = JSON.parse(output.slice(output.indexOf("{")));
  const faults = issues.flatMap(({ file, exports = [] }) =>
    exports.map(({ name, line }) => `${file}:${line}: ${name} is exported, and no other file imports it`),
  );
  return { line: `unused: ${faults.length} exports`, faults };
}

/** @param {string} name @param {readonly string[]} args @returns {Promise<Finding>} */
async function checkTool(name, args) {
  const { code, output } = await capture(process.execPath, args);
  return { line: `${name}: ${code === 0 ? "ok" : "failed"}`, faults: code === 0 ? [] : output.trim().split("\n") };
}

/** @param {Finding} finding */
function print({ line, faults, warnings = [] }) {
  console.log(line);
  for (const fault of faults.slice(0, limits.printed)) console.log(`  ${fault}`);
  if (faults.length > limits.printed) console.log(`  and ${faults.length - limits.printed} more lines`);
  for (const warning of warnings) console.log(`  warning: ${warning}`);
}
