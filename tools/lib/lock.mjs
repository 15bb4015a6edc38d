// @ts-check
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { inProject, say } from "./project.mjs";

const patienceMs = 300_000;

/** After so long it is said what is waited for. */
const silenceMs = 2_000;

/** A lock is empty for a moment after it was made; its maker died in that moment where it stays empty. */
const emptyMs = 5_000;

/** No lock can be made: the folder can't be written to, or something else has the lock's name. */
export class NoLock extends Error {}

/**
 * Does `work` while no other process does: several `fp` calls in a fresh clone build once. Throws `NoLock`.
 *
 * @param {() => Promise<void>} work
 * @param {string} [lock] the lock's file
 */
export async function withLock(work, lock = inProject("dist", "make-ready.lock")) {
  await acquire(lock);
  const release = () => rmSync(lock, { force: true });
  // The work may end the process on a failure.
  process.once("exit", release);
  await work();
  process.off("exit", release);
  release();
}

/** @param {string} lock */
async function acquire(lock) {
  const started = Date.now();
  let said = false;
  while (!tryAcquire(lock)) {
    const owner = ownerOf(lock);
    const waited = Date.now() - started;
    if (owner === "gone") rmSync(lock, { force: true });
    else if (waited > patienceMs) {
      say(`another process has been building for ${patienceMs / 1000} s; if there is none, remove ${lock}`);
      process.exit(1);
    } else {
      if (waited > silenceMs && !said) say(`waiting for process ${owner}, which is building`);
      said ||= waited > silenceMs;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Whether the lock is ours now; throws where it can't be. @param {string} lock */
function tryAcquire(lock) {
  try {
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "EEXIST" && isFile(lock)) return false;
    throw new NoLock(message);
  }
}

/** Gone counts as a file: whoever had it has just released it. @param {string} lock */
function isFile(lock) {
  try {
    return statSync(lock).isFile();
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT";
  }
}

/** The owner's process id, or `gone`. @param {string} lock @returns {number | "gone"} */
function ownerOf(lock) {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    if (pid === 0) return Date.now() - statSync(lock).mtimeMs > emptyMs ? "gone" : pid;
    if (isZombie(pid)) return "gone";
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    // Another user's process may not be signalled, and lives.
    return code === "EPERM" ? 0 : "gone";
  }
}

/** Ended, and not collected by its parent yet (proc(5), stat, field 3). @param {number} pid */
function isZombie(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}
