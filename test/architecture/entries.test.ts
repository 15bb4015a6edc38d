import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const { exports: entries, bin } = JSON.parse(readFileSync("package.json", "utf8")) as {
  exports: { [name: string]: Entry };
  bin: { [name: string]: string };
};

/** A file, or files by condition. */
type Entry = string | { readonly [condition: string]: Entry };

const filesOf = (entry: Entry): readonly string[] =>
  typeof entry === "string" ? [entry] : Object.values(entry).flatMap(filesOf);

describe("the package's public entries", () => {
  const files = Object.entries(entries).flatMap(([name, entry]) => filesOf(entry).map((file) => [name, file] as const));

  it.each(files)("%s is built to %s from a source that is there", (_, built) => {
    expect(existsSync(built.replace("./dist/", "src/").replace(/(\.d\.ts|\.js)$/, ".ts"))).toBe(true);
  });

  it.each(Object.entries(bin))("the program %s is there", (_, file) => expect(existsSync(file)).toBe(true));
});
