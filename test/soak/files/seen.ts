import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Everything below a folder by path: kind, mode, owner, device number, and what it holds or leads to. */
export type Seen = ReadonlyMap<string, string>;

/** Looks at all of a folder, following nothing. */
export function seen(folder: string): Seen {
  const all = new Map<string, string>();
  look(folder, all);
  return all;
}

function look(path: string, all: Map<string, string>): void {
  const found = lstatSync(path);
  const attributes = `mode=${(found.mode & 0o7777).toString(8)} owner=${found.uid}:${found.gid}`;
  if (found.isDirectory()) {
    all.set(path, `folder ${attributes}`);
    for (const name of readdirSync(path)) look(join(path, name), all);
  } else if (found.isSymbolicLink()) all.set(path, `link ${readlinkSync(path)}`);
  else if (found.isFile()) all.set(path, `file ${attributes} ${hashOf(path)}`);
  else all.set(path, `${found.isFIFO() ? "pipe" : "device"} ${attributes} ${found.rdev}`);
}

const hashOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
