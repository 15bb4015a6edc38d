// @ts-check
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { inProject } from "./project.mjs";

/** The script's own name, which stays the same: a browser compares its bytes. */
const SCRIPT = "sw.js";

/** The disassembler's files, four megabytes: a browser keeps them when they are used first. */
const LATER = /^assets\/(disassembler|capstone)-[\w-]{8}\.(js|wasm)$/;

/** @param {string | Uint8Array} bytes */
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** The files of a page as built, by their paths, with their SHA-256; the page itself has the path "". @param {string} folder */
function filesOf(folder) {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .filter((name) => name !== SCRIPT)
    .sort();
  return Object.fromEntries(
    names.map((name) => [name === "index.html" ? "" : name, sha256(readFileSync(join(folder, name)))]),
  );
}

/** Writes the service worker into a page as built, which has the browser keep exactly these files. @param {string} folder */
export async function writeServiceWorker(folder) {
  const made = await rolldown({ input: inProject("src", "web", "offline", "service-worker.ts"), logLevel: "warn" });
  const { output } = await made.generate({ format: "iife", minify: true });
  await made.close();
  const files = filesOf(folder);
  const later = Object.keys(files).filter((name) => LATER.test(name));
  const build = JSON.stringify({ digest: sha256(JSON.stringify(files)), files, later });
  writeFileSync(join(folder, SCRIPT), `const BUILD = ${build};\n${output[0].code}`);
}
