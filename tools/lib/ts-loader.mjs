// @ts-check
// `node --import` this file, and node runs the project's TypeScript as it stands, on Node 20 too. The types are
// stripped and not checked; `npm run check` does that. What was stripped once is kept, because the compiler takes
// longer to load than most programs take to run.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { inProject } from "./project.mjs";

if (isMainThread) register(import.meta.url);

const cache = inProject("node_modules", ".cache", "flashproof-ts");

/**
 * Node's hook for loading one module.
 *
 * @type {import("node:module").LoadHook}
 */
export const load = async (url, context, nextLoad) => {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return nextLoad(url, context);
  const fileName = fileURLToPath(url);
  const text = readFileSync(fileName, "utf8");
  const kept = join(cache, `${createHash("sha256").update(fileName).update(text).digest("hex")}.js`);
  return { format: "module", source: readKept(kept) ?? keep(kept, await strip(fileName, text)), shortCircuit: true };
};

/** @param {string} fileName @param {string} text */
async function strip(fileName, text) {
  const { default: ts } = await import("typescript");
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
    inlineSourceMap: true,
  };
  return ts.transpileModule(text, { fileName, compilerOptions }).outputText;
}

/** @param {string} path */
function readKept(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Whole or not at all, since others may be looking. @param {string} path @param {string} text */
function keep(path, text) {
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // A folder that can't be written costs time, nothing else.
  }
  return text;
}
