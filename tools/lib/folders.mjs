// @ts-check
import { dirname } from "node:path";

/** Most files of one kind side by side; more of them get folders. */
export const FILES_PER_FOLDER = 20;

/** A file shorter than this that a single file imports belongs into that file. */
const SHORT_FILE = 30;

/**
 * Lists whose entries are files of their own, however short and although a single table imports them: chips, commands,
 * verbs, options, programs that shims stand for, protocol commands, forms of logs, formats that are written, the peripherals of a chip model (`mk24-peripherals.ts`) and the table of chip models,
 * to which a new chip adds a line (`docs/add-a-chip.md`). So are the seams, which are read by themselves.
 */
const LIST_FOLDERS = [
  /^chips\//,
  /^cli\/(verbs|options|shims)\//,
  /^commander\/(commands|language\/command-list|texts)\//,
  /^doctor\/logs\/(causes|families|forms)\//,
  /^image\/write-/,
  /^registers\//,
  /^twin\/(chips\.ts$|families\/)/,
  /^(families|gdb\/packets|image\/identity\/parts)\//,
  /\/seam\.ts$/,
];

/**
 * One line for each folder with more than `FILES_PER_FOLDER` sources side by side.
 *
 * @param {readonly { path: string }[]} sources
 * @returns {string[]}
 */
export function crowdedFolders(sources) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { path } of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > FILES_PER_FOLDER)
    .map(([folder, count]) => `${folder}/ has ${count} files side by side`);
}

/**
 * One line for each short file that has a single importer, in the same top folder, and is no entry of a list. What a single
 * file of another folder imports is its folder's offer to the layers above, and stays in its folder.
 *
 * @param {readonly { path: string, ast: { getLineStarts(): readonly number[] } }[]} sources
 * @param {readonly { from: string, to: string }[]} edges
 * @param {readonly string[]} entries files that are imported from outside of the sources
 * @returns {string[]}
 */
export function fragments(sources, edges, entries) {
  return sources
    .filter(({ path }) => !entries.includes(path) && !LIST_FOLDERS.some((list) => list.test(path)))
    .flatMap(({ path, ast }) => {
      const lines = ast.getLineStarts().length - 1;
      const importers = new Set(edges.filter(({ to }) => to === path).map(({ from }) => from));
      return lines < SHORT_FILE && importers.size === 1 && topOf([...importers][0]) === topOf(path)
        ? [`${path} has ${lines} lines and one importer, ${[...importers][0]}`]
        : [];
    });
}

/** @param {string} path */
const topOf = (path) => path.slice(0, path.indexOf("/"));
