// @ts-check
import { rmSync } from "node:fs";
import { inProject } from "./project.mjs";

/** Where the bundled command line lies: as deep as `dist/cli`. */
const folder = inProject("dist", "program");

/** An import by name, and no path, not even one of Windows. @param {string} id */
const isPackage = (id) => !/^([./]|[A-Za-z]:)/.test(id);

/**
 * Makes `dist/program/main.js` of the compiled command line: few large files in place of hundreds of small ones, because
 * finding and linking each module costs a process more than running it. What is imported later stays in files of its
 * own, what several of them share is together in six, and packages stay packages.
 *
 * @throws what the bundler throws when a module is missing
 */
export async function bundle() {
  const { rolldown } = await import("rolldown");
  rmSync(folder, { recursive: true, force: true });
  const program = await rolldown({
    input: { main: inProject("dist", "cli", "main.js") },
    platform: "node",
    external: isPackage,
    preserveEntrySignatures: "allow-extension",
    logLevel: "warn",
    // The page loads the families' twins one by one; the command line has all of them, so that import makes no file here.
    checks: { ineffectiveDynamicImport: false },
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
          priority: 2,
          includeDependenciesRecursively: false,
        },
        // What a look at chips and packs needs, and what every error does: neither loads the rest. None of these imports it.
        {
          name: "words",
          test: /[\\/]dist[\\/](doctor[\\/](report|advice|advice-acts|cause-acts)|protection[\\/]finding-acts|report[\\/](error-report|advice-words|columns|chip-report))\.js$/,
          priority: 2,
          includeDependenciesRecursively: false,
        },
        {
          name: "chips",
          test: /[\\/]dist[\\/](chips|registers|packs[\\/]store[\\/](catalogue|device-names)\.js|families[\\/][^\\/]+[\\/](registers|protection|procedures|guards)[^\\/]*$)|[\\/]dist[\\/]node[\\/]packs[\\/](store[\\/](catalogue-file|store-places)|data-folder)\.js$/,
          priority: 2,
          includeDependenciesRecursively: false,
        },
        {
          name: "packs",
          test: /[\\/]dist[\\/](node[\\/])?packs[\\/]/,
          priority: 1,
          includeDependenciesRecursively: false,
        },
        { name: "twin", test: /[\\/]dist[\\/]twin[\\/]/, priority: 1 },
        // Without the hosts: what they import must not import them in turn, or a chunk runs before what it needs.
        { name: "common", test: /[\\/]dist[\\/](?!cli[\\/])/, minShareCount: 4, includeDependenciesRecursively: false },
      ],
    },
  });
  await program.close();
}
