// @ts-check
// `node tools/make-pack.mjs FILE.pack`: a CMSIS-Pack of our own: its description, and flash algorithms that are our loaders
// (target/flm), built by arm-none-eabi-gcc. Tests make it for themselves; nothing of it is committed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { inProject, say } from "./lib/project.mjs";

const COMPILER = "arm-none-eabi-gcc";

const FLAGS = [
  ...["-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=gnu11", "-ffreestanding", "-nostdlib", "-fno-builtin"],
  ...["-fno-jump-tables", "-ffixed-r9", "-Wall", "-Wextra", "-Wno-unused-function", "-Wl,--build-id=none"],
  ...["-Wl,--no-check-sections", "-Wl,--no-warn-rwx-segments", "-lgcc"],
];

/** The algorithms, each a file in target/flm. */
export const ALGORITHMS = /** @type {const} */ (["kinetis-ftfe", "stm32f4", "nrf52", "rp2040"]);

/**
 * Builds one algorithm as an FLM; `source` is its C file, with `defines` for the compiler.
 *
 * @param {string} source
 * @param {readonly string[]} defines
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function buildFlm(source, defines = []) {
  const scratch = mkdtempSync(join(tmpdir(), "flashproof-flm-"));
  try {
    const [elf, flm] = [join(scratch, "algorithm.elf"), join(scratch, "algorithm.FLM")];
    const includes = ["-I", inProject("target", "flm"), "-T", inProject("target", "flm", "flm.ld")];
    execFileSync(COMPILER, [source, ...defines, ...includes, ...FLAGS, "-o", elf], { stdio: "pipe" });
    execFileSync("arm-none-eabi-objcopy", ["--rename-section", "PrgZero=PrgData", elf, flm], { stdio: "pipe" });
    return new Uint8Array(readFileSync(flm));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The algorithm of a family, by the name of its file. @param {typeof ALGORITHMS[number]} name */
export const ownFlm = (name) => buildFlm(inProject("target", "flm", `${name}.c`));

/** The pack's description. */
export const ownPdsc = () => readFileSync(inProject("target", "flm", "Flashproof.Own_DFP.pdsc"), "utf8");

/**
 * The whole pack as a zip archive.
 *
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function makePack() {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  await zip.add("Flashproof.Own_DFP.pdsc", new TextReader(ownPdsc()));
  await zip.add("LICENSE.txt", new TextReader(readFileSync(inProject("LICENSE"), "utf8")));
  for (const name of ALGORITHMS) await zip.add(`Flash/${name}.FLM`, new Uint8ArrayReader(ownFlm(name)));
  return new Uint8Array(await zip.close());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [file] = process.argv.slice(2);
  if (file === undefined) {
    say("make-pack needs the name of a FILE.pack");
    process.exitCode = 2;
  } else {
    writeFileSync(file, await makePack());
    say(`written: ${file}`);
  }
}
