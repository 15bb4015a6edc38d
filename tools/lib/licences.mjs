// @ts-check
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inProject } from "./project.mjs";

/** Licences of what a package has in it from others, and does not bring along itself. @type {Readonly<Record<string, string>>} */
const WITHIN = { "@alexaltea/capstone-js": inProject("tools", "lib", "capstone-licence.txt") };

/** The folder of the package that a module belongs to; undefined for the project's own. @param {string} id */
const packageOf = (id) => /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id)?.[1];

/**
 * A plugin that notes which packages' modules go into a bundle; one set for the bundles of a page and its workers.
 * @param {Set<string>} folders @returns {import("vite").Plugin & import("rolldown").Plugin}
 */
export const notePackages = (folders) => ({
  name: "note-packages",
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue;
      for (const id of Object.keys(chunk.modules)) {
        const folder = packageOf(id);
        if (folder !== undefined) folders.add(folder);
      }
    }
  },
});

/**
 * The licences of packages as one text, by their names. @param {Iterable<string>} folders
 * @throws where a package brings no licence along: what is bundled of it may not be given away then
 */
export const licencesText = (folders) =>
  [...folders]
    .map(licenceOf)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text.trim()}\n`)
    .join(`\n${"-".repeat(80)}\n\n`);

/** @param {string} folder */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} ${version} (${license}) is bundled, and brings no licence along`);
  const files = [join(folder, file), ...(Object.hasOwn(WITHIN, name) ? [WITHIN[name]] : [])];
  return { name, version, license, text: files.map((each) => readFileSync(each, "utf8").trim()).join("\n\n") };
}
