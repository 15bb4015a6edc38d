import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { HostError } from "../../base/errors.ts";

/**
 * Takes `path.lock` for this process; the returned function gives it back.
 *
 * A lock whose owner has died is taken over. Throws `twin-in-use` with the owner's process id when he lives.
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  if (!take(lock, path)) {
    const owner = ownerOf(lock);
    if ((owner !== undefined && isAlive(owner)) || !evict(lock, owner) || !take(lock, path)) throw inUse(path, owner);
  }
  return () => rmSync(lock, { force: true });
}

/** Makes the lock; false where somebody has it. */
function take(lock: string, path: string): boolean {
  try {
    const file = openSync(lock, "wx");
    writeSync(file, `${process.pid}\n`);
    closeSync(file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new HostError("file-unwritable", `The lock ${lock} can't be made`, { details: { path }, cause });
  }
}

/** Removes the lock of a dead owner; false where another process did so first and owns it now. */
function evict(lock: string, dead: number | undefined): boolean {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return true; // gone already
  }
  if (pidIn(aside) !== dead) {
    renameSync(aside, lock);
    return false;
  }
  rmSync(aside, { force: true });
  return true;
}

const inUse = (path: string, owner: number | undefined) =>
  new HostError("twin-in-use", `The twin in ${path} is in use by process ${owner ?? "(unknown)"}`, {
    details: { path, owner: owner ?? null },
  });

/** The owner's process id. A lock is empty for a moment after it was made, so an empty one is looked at twice. */
function ownerOf(lock: string): number | undefined {
  const owner = pidIn(lock);
  if (owner !== undefined) return owner;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EMPTY_LOCK_MS);
  return pidIn(lock);
}

/** Between making and filling a lock lie microseconds. */
const EMPTY_LOCK_MS = 50;

function pidIn(lock: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(lock, "utf8"), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
