import { closeSync, fsyncSync, openSync, readFileSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { HostError } from "../base/errors.ts";

/** Reads a whole file; throws `HostError` `file-not-found` or `file-unreadable`. */
export function readWhole(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw readError(path, cause);
  }
}

/** The bytes of a file, piece by piece, for files that need not fit into memory; throws as `readWhole` does. */
export function* fileChunks(path: string): Generator<Uint8Array> {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    for (;;) {
      const buffer = Buffer.allocUnsafe(CHUNK);
      const length = readSync(file, buffer);
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } catch (cause) {
    throw cause instanceof HostError ? cause : readError(path, cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

const CHUNK = 0x10000;

function readError(path: string, cause: unknown): HostError {
  const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
  const what = missing ? "does not exist" : "can't be read";
  return new HostError(missing ? "file-not-found" : "file-unreadable", `The file ${path} ${what}`, {
    details: { path },
    cause,
  });
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
