// @ts-check
// `npm run web`: serves the page on 127.0.0.1. `npm run web:build`: makes it as static files in dist/page.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, createServer } from "vite";
import { licencesText, notePackages } from "./lib/licences.mjs";
import { workerChunks } from "./lib/page-chunks.mjs";
import { inProject } from "./lib/project.mjs";
import { writeServiceWorker } from "./lib/service-worker.mjs";

const PORT = 5173;

/** @type {import("vite").InlineConfig} */
const config = {
  configFile: false,
  root: inProject("src", "web"),
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  worker: { format: "es" },
  server: { host: "127.0.0.1", port: PORT, fs: { allow: [inProject(".")] } },
};

/**
 * Leaves the compiler of the twin's loops out: `mayGenerateCode` never lets a page use it, because its policy forbids that
 * text becomes code. @type {import("vite").Plugin}
 */
const withoutCompiler = {
  name: "without-compiler",
  load: (id) =>
    /[\\/]twin[\\/]cpu[\\/]compiled[\\/]compile\.ts$/.test(id)
      ? 'export function compileLoop() { throw new Error("A page compiles no loop"); }'
      : undefined,
};

/**
 * Leaves registers out that no source of the page reads, as defining one does nothing else, and of all others where they are
 * described. @type {import("vite").Plugin} */
const withoutUnused = {
  name: "without-unused",
  transform: (code, id) =>
    /[\\/](registers[\\/]|registers-)[\w-]+\.ts$/.test(id)
      ? code.replaceAll("= register({", "= /* @__PURE__ */ register({").replaceAll(/^\s*section: .*,$/gm, "")
      : undefined,
};

/** What stands in place of a decoder that is left out. */
const ABSENT = '() => { throw new Error("No chip of the page has this core"); }';

/**
 * Modules that a page has something else in place of: lists whose members it fetches one by one, what runs a pack's
 * algorithm or the hash routine for ARMv6-M, which no chip of the page has, SWO of CMSIS-DAP, and the core's comparators, which are a debugger's. Tests of
 * the page's sizes hold each against its reason.
 *
 * @type {Readonly<Record<string, string>>}
 */
export const OF_THE_PAGE = {
  "chips/built-in": 'export * from "./built-in-by-family.ts";',
  "families/list": 'export * from "./list-by-family.ts";',
  // A chip is chosen from the list there, so that no pack has to be named for one that is not known.
  "chips/vendor-packs": "export const vendorPackOf = () => undefined;",
  "probe/cmsis-dap/swo": "export class DapSwo {}",
  "cortex/breakpoints": "export class Breakpoints { sharedWith() { return this; } }",
  "cortex/watchpoints": "export class Watchpoints { sharedBy() { return this; } }",
  // Breakpoints in flash are a debugger's, and their records are files: a page knows none.
  "session/patches/patched-flash": `export class PatchedFlash {
    all = []; isHidden = false; breakpoints = []; erasesBySector = [];
    at() {} hide() {} note() {} countErase() { return 0; } forget() {} forgetPlanned() {} noteDifferent() {} forgetAll() {}
    conceal() {} originals(content) { return content; } withOriginals(image) { return image; }
  }`,
  "session/patches/concealing": "export const concealing = (memory) => memory;",
  // A page's time line counts what goes over USB, and no other layer of the trace.
  "session/traced": `const itself = (one) => one;
    export { itself as tracedProbe, itself as tracedMemory, itself as tracedCore, itself as tracedLoader };`,
  // The routine for ARMv6-M: a BKPT, behind which bytes are read. Chips of the page with such a core have one of their family.
  "flash/hash/hash-code": 'export const HASH_CODE = "00be";',
  // SWO, which no source of the page uses: what a core sends by it unasked, and what the simulated probes receive.
  "twin/cpu/debug/dwt-trace": `export const cyclesToSample = () => Infinity;
    export const [advanceTrace, traceException, traceData] = [() => {}, () => {}, () => {}]; export const tracesData = () => false;`,
  "twin/probe/cmsis-dap/cmsis-dap-swo":
    "export class DapSwo {} export const SWO_BUFFER = 4096; export const SWO_COMMANDS = [];",
  "twin/probe/swo-receiver": "export class SwoReceiver {}",
  // A page's boards take SWD edge by edge: what takes many at once comes to the same (test/unit/twin/probe/swd-runs.test.ts).
  "twin/chip/debug/swd-dp": 'export { SwdEdges as SwdDp } from "./swd-edges.ts";',
  "twin/chip/debug/swd-shift": `export function shiftThrough(dp, { direction, out, into, bits }) {
    into.fill(0);
    for (let at = 0; at < bits; at++) {
      const [byte, bit] = [at >>> 3, at & 7];
      into[byte] |= dp.clock((out[byte] >>> bit) & 1, (direction[byte] >>> bit) & 1) << bit;
    }
  }`,
  // The components of a chip that was not named, which are fetched when one is looked at.
  "session/connecting/rom-table": `export const walkRomTable = async (...given) =>
    (await import("../../adi/rom-table.ts")).walkRomTable(...given);`,
  "flash/algorithm/algorithm-runner":
    'export function algorithmLoader() { throw new Error("No chip of the page has an algorithm"); }',
};

/**
 * Leaves the loaders out that drive a flash controller through the debug port: a page's jobs name no loader.
 * @type {import("vite").Plugin}
 */
const withoutDirect = {
  name: "without-direct",
  load: (id) =>
    /[\\/]src[\\/]families[\\/][\w-]+[\\/]direct\.ts$/.test(id)
      ? 'export function directLoader() { throw new Error("No job of the page names this loader"); }'
      : undefined,
};

/** @type {import("vite").Plugin} */
const inPlace = {
  name: "in-place",
  load: (id) => OF_THE_PAGE[/[\\/]src[\\/](.+)\.ts$/.exec(id)?.[1].replaceAll("\\", "/") ?? ""],
};

/** @type {Readonly<Record<string, string>>} */
const DECODERS = {
  "decode32-float5": `export const fpv5 = () => ${ABSENT};`,
  v8: `export const decodeV8 = ${ABSENT}; export const wideV8 = ${ABSENT};`,
  "stack-limits": `export const withLimits = ${ABSENT};`,
};

/**
 * Leaves the decoders out that no chip of `src/twin/chips.ts` has: FPv5 and ARMv8-M, which only the tests of the cores and
 * packs' chips have. A test of the page's sizes holds it against the list. @type {import("vite").Plugin}
 */
const withoutCores = {
  name: "without-cores",
  load: (id) => DECODERS[/[\\/]twin[\\/]cpu[\\/]decode[\\/]([\w-]+)\.ts$/.exec(id)?.[1] ?? ""],
};

/**
 * Has the disassembler's package find no files, which it asks for under Node alone. @type {import("vite").Plugin}
 */
const withoutFiles = {
  name: "without-files",
  enforce: "pre",
  resolveId: (id) => (id === "node:fs" ? "\0no-files" : undefined),
  load: (id) => (id === "\0no-files" ? "export {};" : undefined),
};

/**
 * Has archives read by the browser's own decompression: the package's WebAssembly and its workers are what the page's policy
 * forbids. @type {import("vite").Plugin}
 */
const zipOfBrowser = {
  name: "zip-of-browser",
  enforce: "pre",
  resolveId: (id) =>
    id === "@zip.js/zip.js" ? inProject("node_modules", "@zip.js", "zip.js", "lib", "zip-core.js") : undefined,
};

/** Makes the static files in a folder, with the licences of what is bundled and the service worker that keeps them. @param {string} [outDir] */
export async function buildPage(outDir = inProject("dist", "page")) {
  /** @type {Set<string>} */
  const folders = new Set();
  const inPlaceOfOthers = [
    withoutCompiler,
    withoutCores,
    withoutUnused,
    withoutDirect,
    inPlace,
    withoutFiles,
    zipOfBrowser,
  ];
  const plugins = () => [...inPlaceOfOthers, notePackages(folders)];
  const groups = await workerChunks(inPlaceOfOthers);
  const rolldownOptions = { output: { codeSplitting: { groups } } };
  const worker = { ...config.worker, plugins, rolldownOptions };
  const made = await build({
    ...config,
    logLevel: "warn",
    plugins: plugins(),
    worker,
    build: { ...config.build, outDir },
  });
  writeFileSync(join(outDir, "licences.txt"), licencesText(folders));
  await writeServiceWorker(outDir);
  return made;
}

const [word] = process.argv.slice(2);
if (word === "serve") {
  const server = await createServer(config);
  await server.listen();
  server.printUrls();
}
if (word === "build") await buildPage();
