// @ts-check
// `node --import` this file, and the process ends by SIGKILL at one of the operations by which it changes files below a
// folder. It belongs to tests alone: what it wraps are Node's own functions, in the process that imports it. KILL_AT holds
// JSON: `folder`; `at`, the number of the operation, from 1, or 0 for none; `half`: a write gets half of its bytes before.
// The names of the operations until the end go, one a line, to file descriptor 3.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** @type {{ folder: string, at: number, half?: boolean }} */
const { folder, at, half = false } = JSON.parse(process.env.KILL_AT ?? "{}");
const REPORT = 3;
/** Descriptors of files below the folder. @type {Set<number>} */
const open = new Set();
let count = 0;

const { openSync, writeSync, closeSync } = fs;
const isBelow = (/** @type {unknown} */ path) => typeof path === "string" && path.startsWith(folder);

/** Counts an operation; ends the process before the one that is to be its last. @param {string} name @param {() => void} [part] */
function reach(name, part) {
  count++;
  writeSync(REPORT, `${name}\n`);
  if (count !== at) return;
  if (half) part?.();
  process.kill(process.pid, "SIGKILL");
}

/** @param {Parameters<typeof fs.openSync>} args */
fs.openSync = (...args) => {
  if (!isBelow(args[0])) return openSync(...args);
  reach("open");
  const file = openSync(...args);
  open.add(file);
  return file;
};

// @ts-expect-error one implementation for its overloads
fs.writeSync = (/** @type {number} */ file, /** @type {Uint8Array | string} */ data, /** @type {never[]} */ ...rest) => {
  if (open.has(file)) reach("write", () => writeSync(file, Buffer.from(data).subarray(0, data.length >> 1)));
  return writeSync(file, /** @type {Uint8Array} */ (data), ...rest);
};

/** @param {number} file */
fs.closeSync = (file) => {
  if (open.has(file)) reach("close");
  open.delete(file);
  closeSync(file);
};

for (const name of /** @type {const} */ (["fsyncSync", "fchmodSync", "fchownSync"])) {
  const own = /** @type {(file: number, ...rest: never[]) => void} */ (fs[name]);
  Object.assign(fs, {
    [name]: (/** @type {number} */ file, /** @type {never[]} */ ...rest) => {
      if (open.has(file)) reach(name.replace("Sync", ""));
      return own(file, ...rest);
    },
  });
}

for (const name of /** @type {const} */ (["renameSync", "rmSync", "mkdirSync", "unlinkSync", "writeFileSync", "appendFileSync"])) {
  const own = /** @type {(path: string, ...rest: never[]) => unknown} */ (fs[name]);
  Object.assign(fs, {
    [name]: (/** @type {string} */ path, /** @type {never[]} */ ...rest) => {
      if (isBelow(path)) reach(name.replace("Sync", ""));
      return own(path, ...rest);
    },
  });
}

syncBuiltinESMExports();
