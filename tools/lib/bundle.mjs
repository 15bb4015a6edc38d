// @ts-check
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { licencesText, notePackages } from "./licences.mjs";
import { inProject } from "./project.mjs";

/** Where the bundled command line lies: as deep as `dist/cli`. */
const folder = inProject("dist", "program");

/** Every start needs it, and its six files cost as much as all of ours. */
const BUNDLED = "commander";

/** An import by name that stays one: no path, not even one of Windows. @param {string} id */
const isPackage = (id) => !/^([./]|[A-Za-z]:)/.test(id) && id !== BUNDLED;

/** What runs any verb. */
const START = ["program.js"];
/** Verbs that answer from the catalogue of packs: they must be quick with any number of those. */
const LOOKS = ["program.js", "verbs/chips.js", "packs/pack.js", "packs/find.js"];

/**
 * The modules that some of `dist/cli` load at once: what they import later is not among them, nor are packages.
 * @param {readonly string[]} files @returns {Promise<ReadonlySet<string>>}
 */
async function loadedBy(files) {
  const { rolldown } = await import("rolldown");
  const graph = await rolldown({
    input: files.map((file) => inProject("dist", "cli", file)),
    platform: "node",
    external: isPackage,
    preserveEntrySignatures: "strict",
    treeshake: false,
    plugins: [{ name: "not-later", resolveDynamicImport: () => ({ id: "later", external: true }) }],
  });
  const { output } = await graph.generate({ format: "esm" });
  await graph.close();
  return new Set(output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])));
}

/** @param {ReadonlySet<string>} modules */
const isIn = (modules) => (/** @type {string} */ id) => modules.has(id);

/**
 * Makes `dist/program/main.js` of the compiled command line: few large files in place of hundreds of small ones, because
 * finding and linking each module costs a process more than running it. What is imported later stays in files of its
 * own, what several of them share is together in a few, and packages stay packages but for the one that every start needs.
 *
 * @throws what the bundler throws when a module is missing
 */
export async function bundle() {
  const { rolldown } = await import("rolldown");
  rmSync(folder, { recursive: true, force: true });
  /** @type {Set<string>} */
  const folders = new Set();
  const program = await rolldown({
    input: { main: inProject("dist", "cli", "main.js") },
    platform: "node",
    external: isPackage,
    preserveEntrySignatures: "allow-extension",
    logLevel: "warn",
    // The page loads the families' twins one by one; the command line has all of them, so that import makes no file here.
    checks: { ineffectiveDynamicImport: false },
    plugins: [notePackages(folders)],
  });
  await program.write({
    dir: folder,
    format: "esm",
    sourcemap: true,
    chunkFileNames: "[name]-[hash].js",
    codeSplitting: {
      groups: [
        // Errors, bytes and the package's folder, which `--version` needs too, without the rest.
        {
          name: "base",
          test: /[\\/]dist[\\/](base[\\/]|node[\\/]package-root\.)/,
          priority: 3,
          includeDependenciesRecursively: false,
        },
        // What each verb needs before its own code, and no more: what else they share is many times as much.
        { name: "start", test: isIn(await loadedBy(START)), priority: 2, includeDependenciesRecursively: false },
        // What a look at chips and at packs that were added needs beside that.
        { name: "look", test: isIn(await loadedBy(LOOKS)), priority: 1, includeDependenciesRecursively: false },
        {
          name: "packs",
          test: /[\\/]dist[\\/](node[\\/])?packs[\\/]/,
          includeDependenciesRecursively: false,
        },
        { name: "twin", test: /[\\/]dist[\\/]twin[\\/]/ },
        // Without the hosts: what they import must not import them in turn, or a chunk runs before what it needs.
        { name: "common", test: /[\\/]dist[\\/](?!cli[\\/])/, minShareCount: 4, includeDependenciesRecursively: false },
      ],
    },
  });
  await program.close();
  writeFileSync(join(folder, "licences.txt"), licencesText(folders));
}
