import { randomBytes } from "node:crypto";
import { closeSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { HostError } from "../../base/errors.ts";
import { pause } from "../process/pause.ts";
import { isAlive, type ProcessName, thisProcess } from "../process/process-life.ts";

/**
 * Takes `path.lock` for this process; the returned function gives it back.
 *
 * A lock whose owner has died is taken over. Throws `twin-in-use` with the owner's process id when it lives, and
 * `file-unwritable` where no lock can be made: the folder is missing, or something else than a lock stands there.
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  if (!take(lock, path)) {
    checkIsFile(lock, path);
    const owner = ownerOf(lock);
    if ((owner !== undefined && isAlive(owner)) || !evict(lock, owner) || !take(lock, path)) throw inUse(path, owner);
  }
  return () => rmSync(lock, { force: true });
}

/** Makes the lock; false where something of its name is there. */
function take(lock: string, path: string): boolean {
  try {
    const file = openSync(lock, "wx");
    writeSync(file, `${lineOf(thisProcess())}\n`);
    closeSync(file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new HostError("file-unwritable", `The lock ${lock} can't be made`, { details: { path }, cause });
  }
}

/** Throws for a folder, a link or a pipe of the lock's name: Flashproof made none of these, and touches none. */
function checkIsFile(lock: string, path: string): void {
  const found = lstatSync(lock, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return;
  const what = found.isDirectory() ? "a folder" : found.isSymbolicLink() ? "a link" : "no file";
  throw new HostError("file-unwritable", `The lock ${lock} can't be made: ${what} has its name`, {
    details: { path, lock },
  });
}

/** Removes the lock of a dead owner; false where another process did so first and owns it now. */
function evict(lock: string, dead: ProcessName | undefined): boolean {
  const aside = `${lock}.${randomBytes(6).toString("hex")}`;
  try {
    renameSync(lock, aside);
  } catch {
    return true; // gone already
  }
  const owner = ownerIn(aside);
  if (owner?.pid !== dead?.pid || owner?.started !== dead?.started) {
    renameSync(aside, lock);
    return false;
  }
  rmSync(aside, { force: true });
  return true;
}

const inUse = (path: string, owner: ProcessName | undefined) =>
  new HostError("twin-in-use", `The twin in ${path} is in use by process ${owner?.pid ?? "(unknown)"}`, {
    details: { path, owner: owner?.pid ?? null },
  });

/** The owner. A lock is empty for a moment after it was made, so an empty one is looked at twice. */
function ownerOf(lock: string): ProcessName | undefined {
  const owner = ownerIn(lock);
  if (owner !== undefined) return owner;
  pause(EMPTY_LOCK_MS);
  return ownerIn(lock);
}

/** Between making and filling a lock lie microseconds. */
const EMPTY_LOCK_MS = 50;

/** `PID STARTED`, or the id alone where the system doesn't tell when a process started. */
const lineOf = ({ pid, started }: ProcessName): string => (started === undefined ? `${pid}` : `${pid} ${started}`);

function ownerIn(lock: string): ProcessName | undefined {
  try {
    const [first, started] = readFileSync(lock, "utf8").trim().split(" ");
    const pid = Number.parseInt(first, 10);
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    return started === undefined ? { pid } : { pid, started };
  } catch {
    return undefined;
  }
}
