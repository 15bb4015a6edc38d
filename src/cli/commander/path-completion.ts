import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { ListFiles } from "../../commander/language/completion.ts";

/** Lists what a path's beginning could become, from a folder on; hidden files only where a dot was typed. */
export const filesFrom =
  (folder: string): ListFiles =>
  (beginning) => {
    const cut = Math.max(beginning.lastIndexOf("/"), beginning.lastIndexOf("\\")) + 1;
    const [head, tail] = [beginning.slice(0, cut), beginning.slice(cut)];
    return entriesOf(resolve(folder, head))
      .filter(({ name }) => name.startsWith(tail) && (tail.startsWith(".") || !name.startsWith(".")))
      .map(({ name, isFolder }) => `${head}${name}${isFolder ? "/" : ""}`)
      .sort((a, b) => a.localeCompare(b));
  };

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** A folder that isn't there, or can't be read, has nothing to offer. */
function entriesOf(folder: string): readonly Entry[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).map((each) => ({
      name: each.name,
      isFolder: each.isDirectory(),
    }));
  } catch {
    return [];
  }
}
