import { lstatSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { refused, shown, type Source } from "./kind.ts";

/** Where a path in a settings file lies, as a path for the rest of the program. */
export type PlacePath = (path: string, source: Source) => string;

/** Paths of the user's own file count from its folder, and may lie anywhere. */
export const placeBeside =
  (folder: string): PlacePath =>
  (path) =>
    isAbsolute(path) ? path : forProcess(resolve(folder, path));

/** Paths of a project's file count from its folder and stay in it, links in it included: it may come with a clone. */
export const placeInside =
  (folder: string): PlacePath =>
  (path, source) => {
    // What `..` and links mean depends on their order, so the path that is checked is the one that is used.
    const place = resolve(folder, path);
    if (!isBeneath(realPath(place), realPath(folder)))
      throw refused(source, `${source.name} names ${shown(path)}, which is outside of the project's folder`);
    return forProcess(place);
  };

const isBeneath = (path: string | undefined, folder: string | undefined): boolean =>
  path !== undefined && folder !== undefined && path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);

/** A path with its links followed, also where its end does not exist yet; undefined where a link leads nowhere. */
function realPath(path: string): string | undefined {
  if (exists(path)) {
    try {
      return realpathSync(path);
    } catch {
      return undefined;
    }
  }
  const folder = dirname(path);
  if (folder === path) return undefined;
  const real = realPath(folder);
  return real === undefined ? undefined : join(real, path.slice(folder.length).replace(/^[\\/]/, ""));
}

/** A link that leads nowhere is there, too. */
function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Short where it lies beneath the current folder: a selector of a board splits at commas, which a folder may have. */
function forProcess(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") || isAbsolute(short) ? path : short;
}
