import { lstatSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";

/** A path that lies in a folder, or why it does not. */
export type PlaceInFolder =
  | { readonly path: string; readonly refused?: undefined }
  | { readonly path?: undefined; readonly refused: string };

/**
 * The place of a name that a client or a firmware gives, in a folder that its user gave: names with `..`, other folders'
 * absolute ones, and those with a symbolic link on the way are refused. What is there may change between this look and
 * its use: a reader or writer opens the last step without following a link. Throws the system's error where a step can't
 * be looked at: it is too long, lies in a file, or the folder is gone.
 */
export function placeInFolder(folder: string, name: string): PlaceInFolder {
  const root = realpathSync(folder);
  const path = isAbsolute(name) ? join(name) : join(root, name);
  const inside = relative(root, path);
  const steps = inside.split(sep);
  if (steps[0] === ".." || isAbsolute(inside) || name.split(/[\\/]/).includes(".."))
    return { refused: "it leads out of the folder" };
  const link = steps.find((_, i) => isLink(join(root, ...steps.slice(0, i + 1))));
  return link === undefined ? { path } : { refused: "a symbolic link is on the way" };
}

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
