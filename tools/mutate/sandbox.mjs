// @ts-check
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { inProject, root, say } from "../lib/project.mjs";

/**
 * One small change: where it is (lines from 1), what it puts there, and why it is left out, if it is.
 *
 * @typedef {{ id: string, file: string, line: number, kind: string, original: string, replacement: string, ignored: string | undefined }} Mutant
 */

const OWN = inProject("tools", "mutate");

/** Installs the instrumenter beside this file where it is missing; answers its module's address. */
function instrumenterModule() {
  const name = "@stryker-mutator/instrumenter";
  if (!existsSync(join(OWN, "node_modules", name))) {
    say("installing Stryker's instrumenter");
    execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: OWN, stdio: ["ignore", "ignore", "inherit"] });
  }
  return pathToFileURL(createRequire(join(OWN, "package.json")).resolve(name)).href;
}

const quiet = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  debug() {},
  info() {},
  warn() {},
  trace() {},
};

/**
 * A copy of the project in a temporary folder in which src/FOLDER holds all its mutants, each switched on by
 * `__STRYKER_ACTIVE_MUTANT__`. The caller removes the folder.
 *
 * @param {string} folder below src
 * @returns {Promise<{ path: string, mutants: Mutant[] }>}
 */
export async function mutatedCopy(folder) {
  const { Instrumenter } = await import(instrumenterModule());
  const path = mkdtempSync(join(tmpdir(), "flashproof-mutate-"));
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" }).split(
    "\n",
  );
  for (const file of files.filter((name) => name !== "" && existsSync(inProject(name)))) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    cpSync(inProject(file), join(path, file));
  }
  symlinkSync(inProject("node_modules"), join(path, "node_modules"));
  const own = files.filter(
    (name) => name.startsWith(`src/${folder}/`) && name.endsWith(".ts") && existsSync(inProject(name)),
  );
  const sources = own.map((name) => ({ name, content: readFileSync(inProject(name), "utf8"), mutate: true }));
  const options = { plugins: null, excludedMutations: [], ignorers: [] };
  const made = await new Instrumenter(quiet).instrument(sources, options);
  for (const { name, content } of made.files) writeFileSync(join(path, name), content);
  const texts = new Map(sources.map(({ name, content }) => [name, content.split("\n")]));
  return { path, mutants: made.mutants.map((/** @type {StrykerMutant} */ mutant) => ours(mutant, texts)) };
}

/**
 * Lines from 0.
 *
 * @typedef {{ line: number, column: number }} Position
 * @typedef {{ id: string, fileName: string, mutatorName: string, replacement: string, statusReason?: string, location: { start: Position, end: Position } }} StrykerMutant
 */

/** @param {StrykerMutant} mutant @param {ReadonlyMap<string, readonly string[]>} texts @returns {Mutant} */
function ours({ id, fileName, mutatorName, replacement, statusReason, location: { start, end } }, texts) {
  const [first, ...rest] = (texts.get(fileName) ?? []).slice(start.line, end.line + 1);
  const original = rest.length > 0 ? `${first.slice(start.column)} ...` : first.slice(start.column, end.column);
  const line = start.line + 1;
  return { id, file: fileName, line, kind: mutatorName, original, replacement, ignored: statusReason };
}
