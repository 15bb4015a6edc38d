import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const MAIN = pathToFileURL(resolve("dist", "program", "main.js")).href;
const START = `const { main } = await import(${JSON.stringify(MAIN)}); process.exitCode = await main(process.argv.slice(1));`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-look-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The files of code that a run of the program as it is built loads: V8 lists them as what was covered. */
function filesLoadedBy(argv: readonly string[]): readonly string[] {
  const env = { ...process.env, NODE_V8_COVERAGE: join(folder, "covered"), XDG_DATA_HOME: folder };
  execFileSync(process.execPath, ["--input-type=module", "-e", START, ...argv], { env, cwd: folder, stdio: "ignore" });
  const urls = readdirSync(join(folder, "covered")).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, "covered", name), "utf8")) as { result: { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.startsWith("file:") && url.endsWith("js"));
  });
  return urls.map((url) => fileURLToPath(url));
}

describe("a look at chips and packs", () => {
  it.each([["chips"], ["pack", "find", "stm32f4"]])("loads seven files of at most 400 KB for %s %s", (...argv) => {
    const files = filesLoadedBy(argv.filter((word) => word !== undefined));
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    expect(files.length, files.join("\n")).toBeLessThanOrEqual(7);
    expect(files.length).toBeGreaterThan(3);
    expect(bytes).toBeLessThan(400 * 1024);
    expect(files.filter((file) => file.includes("node_modules"))).toEqual([]);
  });
});
