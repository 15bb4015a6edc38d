// @ts-check
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { inProject, root } from "./project.mjs";

const stamp = inProject("dist", "build-stamp");

/** Files outside `src` that change what the compiler makes. */
const settings = [
  "package.json",
  "tsconfig.json",
  "tsconfig.base.json",
  "tsconfig.core.json",
  "tsconfig.node.json",
  "tools/lib/bundle.mjs",
];

/** Whether `dist` was built from the sources as they are now; a few milliseconds, because every `fp` call asks. */
export const isBuilt = () => readStamp() === sourceSignature();

/** Remembers which sources `dist` was built from. @param {string} signature from before the build */
export function markBuilt(signature) {
  mkdirSync(inProject("dist"), { recursive: true });
  writeFileSync(stamp, signature);
}

/** Number, size and newest time of all sources: different after any edit, addition, removal or checkout. */
export function sourceSignature() {
  const seen = { files: 0, bytes: 0, newest: 0 };
  look(inProject("src"), seen);
  for (const name of settings) lookAtFile(`${root}/${name}`, seen);
  return `${seen.files} files, ${seen.bytes} bytes, ${seen.newest}\n`;
}

/** @typedef {{ files: number, bytes: number, newest: number }} Seen */

/** @param {string} folder @param {Seen} seen */
function look(folder, seen) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) look(path, seen);
    else lookAtFile(path, seen);
  }
}

/** @param {string} path @param {Seen} seen */
function lookAtFile(path, seen) {
  const { size, mtimeMs } = statSync(path);
  seen.files += 1;
  seen.bytes += size;
  seen.newest = Math.max(seen.newest, mtimeMs);
}

function readStamp() {
  try {
    return readFileSync(stamp, "utf8");
  } catch {
    return undefined;
  }
}
