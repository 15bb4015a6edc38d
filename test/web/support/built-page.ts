import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Rolldown } from "vite";

/** The files of a page as built, by what the browser loads with what. */
export interface BuiltPage {
  readonly styles: readonly string[];
  /** Chunks whose name begins so. */
  named(start: string): readonly string[];
  /** The chunks, and all that they import before they run. */
  loadedWith(...chunks: readonly string[]): readonly string[];
  /** A chunk's code. */
  text(chunk: string): string;
  /** Bytes of gzip over all of them. */
  gzip(files: readonly string[]): number;
  /** The sources in a chunk of the page itself. */
  sources(chunk: string): readonly string[];
}

type Output = Rolldown.RolldownOutput | readonly Rolldown.RolldownOutput[] | object;

/** What a build has put into a folder. */
export function builtPage(output: Output, folder: string): BuiltPage {
  const files = readdirSync(join(folder, "assets"));
  const bytes = (file: string) => readFileSync(join(folder, "assets", file));
  const importsOf = (file: string) =>
    [
      ...bytes(file)
        .toString("utf8")
        .matchAll(/(?:from|import)\s*["`]\.\/([\w.-]+\.js)["`]/g),
    ].map(([, name]) => name);
  const loadedWith = (...chunks: readonly string[]) => {
    const found = new Set<string>();
    const add = (chunk: string): void => {
      if (found.has(chunk)) return;
      found.add(chunk);
      for (const next of importsOf(chunk)) add(next);
    };
    for (const chunk of chunks) add(chunk);
    return [...found];
  };
  const chunks = ("output" in output ? output.output : []) as readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[];
  return {
    styles: files.filter((file) => file.endsWith(".css")),
    named: (start) => files.filter((file) => new RegExp(`^${start}-[\\w-]{8}\\.js$`).test(file)),
    loadedWith,
    text: (chunk) => bytes(chunk).toString("utf8"),
    gzip: (list) => list.reduce((sum, file) => sum + gzipSync(bytes(file), { level: 9 }).length, 0),
    sources: (chunk) =>
      chunks.flatMap((part) => (part.type === "chunk" && part.fileName.endsWith(chunk) ? part.moduleIds : [])),
  };
}
