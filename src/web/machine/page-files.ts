import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { HostError } from "../../base/errors.ts";

/** Types of the files that a page is made of. */
const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The service worker, which would have a browser keep the page beyond this process and its token. */
const KEEPER = "/sw.js";

/** A file as it is served. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * The files of the page as built but its service worker, by their paths in an address: what is not in this list is not served, whatever an
 * address says. They are read now, so that a page that is built anew meanwhile changes nothing of one that is served.
 * Throws `page-not-built`.
 */
export function pageFiles(folder: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(join(folder, "index.html")))
    throw new HostError("page-not-built", `The page of flashproof ui isn't built: ${folder} has none`, {
      details: { path: folder },
    });
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll("\\", "/"));
  const served = names.filter((name) => name !== KEEPER);
  const files = new Map(served.map((name) => [name, fileOf(join(folder, name))]));
  return files.set("/", fileOf(join(folder, "index.html")));
}

const fileOf = (path: string): PageFile => ({
  type: TYPES[extname(path)] ?? "application/octet-stream",
  bytes: readFileSync(path),
});
