import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pdsc, TARGET_FILE } from "../support/made-packs.ts";

const MAIN = pathToFileURL(resolve("dist", "program", "main.js")).href;
/** Runs the program as it is built, and leaves the most memory that it had, in KB. */
const START = `
  const { main } = await import(${JSON.stringify(MAIN)});
  const { writeFileSync } = await import("node:fs");
  process.on("exit", () => writeFileSync("most-kb", String(process.resourceUsage().maxRSS)));
  process.exitCode = await main(process.argv.slice(1));`;
const MB = 1024 * 1024;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-hostile-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Added {
  readonly exit: number | null;
  readonly error: string | undefined;
  readonly mostMb: number;
  readonly kept: readonly string[];
}

function add(name: string, bytes: Uint8Array | string): Added {
  writeFileSync(join(folder, name), bytes);
  const env = { ...process.env, XDG_DATA_HOME: folder, HOME: folder };
  const words = ["--input-type=module", "-e", START, "pack", "add", name, "--json"];
  const { status, stdout } = spawnSync(process.execPath, words, { env, cwd: folder, encoding: "utf8" });
  const { error } = JSON.parse(stdout) as { readonly error?: { readonly code: string } };
  const files = join(folder, "flashproof", "packs", "files");
  return {
    exit: status,
    error: error?.code,
    mostMb: Number(readFileSync(join(folder, "most-kb"), "utf8")) / 1024,
    kept: existsSync(files) ? readdirSync(files) : [],
  };
}

async function archive(files: readonly (readonly [name: string, mb: number])[]): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await zip.add("Made.One_DFP.pdsc", new TextReader(pdsc("One_DFP", "1.0.0", ["A-CHIP"])));
  for (const [name, mb] of files) await zip.add(name, new Uint8ArrayReader(new Uint8Array(mb * MB)));
  return new Uint8Array(await zip.close());
}

/** A description with so many elements of a device, in letters that take two bytes each. */
const largePdsc = (elements: number): string =>
  pdsc("One_DFP", "1.0.0", ["A-CHIP"])
    .replace("made by a test", "made by a test \u2713")
    .replace(
      "</family>",
      `${Array.from({ length: elements }, (_, n) => `<book name="Documents/${"x".repeat(90)}${n}.pdf" title="t" a="1" b="2"/>`).join("")}</family>`,
    );

describe("a pack as large as is allowed, or larger", () => {
  it("is read with less than 512 MB of memory where its archive has just under 256 MB", async () => {
    const files = ["a", "b", "c", "d"].map((name) => [name, 63] as const);
    const { mostMb, ...added } = add("large.pack", await archive(files));
    expect(added).toEqual({ exit: 0, error: undefined, kept: ["Made.One_DFP@1.0.0.pack"] });
    expect(mostMb).toBeLessThan(512);
  }, 120_000);

  it("is refused with less than 512 MB of memory where its archive has more than 256 MB", async () => {
    const files = ["a", "b", "c", "d", "e"].map((name) => [name, 56] as const);
    const { mostMb, ...added } = add("larger.pack", await archive(files));
    expect(added).toEqual({ exit: 7, error: "pack-too-large", kept: [] });
    expect(mostMb).toBeLessThan(512);
  }, 120_000);

  it.each([
    [145_000, 0, undefined],
    [155_000, 7, "pack-too-large"],
  ])(
    "takes less than 512 MB of memory for a description with %i elements of devices",
    (count, exit, error) => {
      const { mostMb, ...added } = add("Made.One_DFP.pdsc", largePdsc(count));
      expect(added).toMatchObject({ exit, error });
      expect(mostMb).toBeLessThan(512);
    },
    120_000,
  );

  it.each([
    ["a list of lines", 90_000, (count: number) => `more:\n${"  - 1\n".repeat(count)}`, 0, undefined],
    ["a list in brackets", 1_900_000, (count: number) => `more: [${"1,".repeat(count)}1]\n`, 7, "pack-too-large"],
  ] as const)(
    "takes less than 512 MB of memory for a target file with %s: %i",
    (_, count, list, exit, error) => {
      const { mostMb, ...added } = add("large.yaml", `${TARGET_FILE}${list(count)}`);
      expect(added).toMatchObject({ exit, error });
      expect(mostMb).toBeLessThan(512);
    },
    120_000,
  );
});
