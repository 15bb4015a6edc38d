import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const { exports: entries, bin } = JSON.parse(readFileSync("package.json", "utf8")) as {
  exports: { [name: string]: string };
  bin: { [name: string]: string };
};

describe("the package's public entries", () => {
  it.each(Object.entries(entries))("%s is built from a source that is there", (_, built) => {
    expect(existsSync(built.replace("./dist/", "src/").replace(/\.js$/, ".ts"))).toBe(true);
  });

  it.each(Object.entries(bin))("the program %s is there", (_, file) => expect(existsSync(file)).toBe(true));
});
