import { closeSync, fsyncSync, openSync, readFileSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { HostError } from "../base/errors.ts";

/** Reads a whole file; throws `HostError` `file-not-found` or `file-unreadable`. */
export function readWhole(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw notRead(path, cause);
  }
}

function notRead(path: string, cause: unknown): HostError {
  const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
  const what = missing ? "does not exist" : "can't be read";
  return new HostError(missing ? "file-not-found" : "file-unreadable", `The file ${path} ${what}`, {
    details: { path },
    cause,
  });
}

/** Reads a whole file of at most `most` bytes; undefined where it has more. Throws what `readWhole` throws. */
export function readAtMost(path: string, most: number): Uint8Array | undefined {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = new Uint8Array(most + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length <= most; length += read)
        read = readSync(file, bytes, length, bytes.length - length, null);
      return length > most ? undefined : bytes.slice(0, length);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw notRead(path, cause);
  }
}

/** Writes a file beside its name, syncs it and renames it, so that it is whole or not there; throws `file-unwritable`. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  const beside = `${path}.${process.pid}.part`;
  try {
    const file = openSync(beside, "w");
    try {
      writeAll(file, typeof bytes === "string" ? Buffer.from(bytes) : bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw new HostError("file-unwritable", `The file ${path} can't be written`, { details: { path }, cause });
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
