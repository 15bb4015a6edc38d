// @ts-check
// The libraries of the suite's programs without debug information: where they have it, GDB knows the place that the core
// stands at before a program is loaded and lists its source, and scripts find other files and types than the program's own.
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { FILES } from "./known.mjs";

const run = promisify(execFile);
const MACHINE = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"];
const LIBRARIES = ["crt0.o", "libc.a", "libg.a", "libm.a", "libgcc.a", "libnosys.a"];

/** Nor are there the linker's warnings about functions that newlib can't do here: DejaGnu takes each for a failure. */
const STRIPPED = ["--strip-debug", "--wildcard", "--remove-section=.gnu.warning*"];

/** @type {Map<string, Promise<string>>} */
const made = new Map();

/**
 * The folder of a server's libraries and of its program's begin, `start.o`; they are made once.
 * @param {import("./servers.mjs").Server} server @param {string} folder
 */
export function librariesOf(server, folder) {
  const path = join(folder, `libraries-${server.name}`);
  const libraries = made.get(path) ?? make(path, server.defines);
  made.set(path, libraries);
  return libraries;
}

/** @param {string} path @param {readonly string[]} defines */
async function make(path, defines) {
  mkdirSync(path);
  for (const name of LIBRARIES) {
    const { stdout } = await run("arm-none-eabi-gcc", [...MACHINE, `-print-file-name=${name}`]);
    await run("arm-none-eabi-objcopy", [...STRIPPED, stdout.trim(), join(path, name)]);
  }
  await run("arm-none-eabi-gcc", [...MACHINE, ...defines, "-c", join(FILES, "start.c"), "-o", join(path, "start.o")]);
  return path;
}
