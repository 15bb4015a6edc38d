import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { HostError } from "../base/errors.ts";

/**
 * Takes `path.lock` for this process; the returned function gives it back.
 *
 * A lock whose owner has died is taken over. Throws `twin-in-use` with the owner's process id when he lives.
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  for (let attempt = 0; ; attempt++) {
    try {
      const file = openSync(lock, "wx");
      writeSync(file, `${process.pid}\n`);
      closeSync(file);
      return () => rmSync(lock, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") {
        throw new HostError("file-unwritable", `The lock ${lock} can't be made`, { details: { path }, cause });
      }
      const owner = ownerOf(lock);
      if (attempt > 0 || (owner !== undefined && isAlive(owner))) throw inUse(path, owner);
      rmSync(lock, { force: true });
    }
  }
}

const inUse = (path: string, owner: number | undefined) =>
  new HostError("twin-in-use", `The twin in ${path} is in use by process ${owner ?? "(unknown)"}`, {
    details: { path, owner: owner ?? null },
  });

function ownerOf(lock: string): number | undefined {
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
