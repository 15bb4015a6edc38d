// @ts-check
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inProject } from "./project.mjs";

/** @param {string} name */
const kept = (name) => inProject("tools", "lib", "licences", name);

/** Licences that packages don't bring along: their own, and those of what they have in them from others. @type {Readonly<Record<string, string>>} */
const KEPT = { "@alexaltea/capstone-js": kept("capstone.txt"), saxes: kept("saxes.txt") };

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
  const files = [
    ...(file === undefined ? [] : [join(folder, file)]),
    ...(Object.hasOwn(KEPT, name) ? [KEPT[name]] : []),
  ];
  if (files.length === 0) throw new Error(`${name} ${version} (${license}) is bundled, and brings no licence along`);
  return { name, version, license, text: files.map((each) => readFileSync(each, "utf8").trim()).join("\n\n") };
}
