import { closeSync, constants, fstatSync, lstatSync, openSync, writeSync } from "node:fs";
import { pause } from "../process/pause.ts";
import { asUnwritable, checkOutput, outputTarget } from "./output-target.ts";

/** How long a pipe may have no reader, and how long a reader may take nothing, in milliseconds. */
const PATIENCE_MS = { reader: 2_000, room: 10_000 } as const;

const PAUSE_MS = 5;

/** Writes all bytes to a descriptor; waits for a slow reader, and throws what the system says. */
export function writeFully(descriptor: number, bytes: Uint8Array): void {
  let waited = 0;
  for (let at = 0; at < bytes.length; ) {
    const count = writePart(descriptor, bytes.subarray(at));
    at += count;
    waited = count > 0 ? 0 : waited + PAUSE_MS;
    if (count > 0) continue;
    if (waited > PATIENCE_MS.room) throw new Error(`its reader took nothing for ${PATIENCE_MS.room / 1000} s`);
    pause(PAUSE_MS);
  }
}

function writePart(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}

/** Neither waits for a reader nor truncates, makes or follows anything. */
const STREAM =
  constants.O_WRONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0) | (constants.O_NOCTTY ?? 0);

/** Opens a pipe or a device; a pipe's reader is waited for a moment. */
export function openStream(path: string): number {
  const patience = lstatSync(path).isFIFO() ? PATIENCE_MS.reader : 0;
  for (let waited = 0; ; waited += PAUSE_MS) {
    try {
      return checkStream(openSync(path, STREAM));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
      if (waited >= patience) throw new Error(patience > 0 ? "the pipe has no reader" : "there is no such device");
      pause(PAUSE_MS);
    }
  }
}

/** What was a pipe when it was looked at may have become a file since. */
function checkStream(stream: number): number {
  if (!fstatSync(stream).isFile()) return stream;
  closeSync(stream);
  throw new Error("another program changed what stands at this name");
}

/** A file that grows while a job runs: what a simulated chip sends. */
export interface AppendedFile {
  /** Appends; where that fails, nothing more is written, and `finish` says so. */
  take(bytes: Uint8Array): void;
  /** Closes the file; throws `file-unwritable` where bytes are missing in it. */
  finish(): void;
}

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/**
 * Prepares to append to a path, which is made with the first bytes. Throws what `checkOutput` throws, and
 * `file-unwritable` for a file with more than one name (hard links), because the others would change with it.
 */
export function appendTo(path: string): AppendedFile {
  checkOutput(path);
  checkOneName(path);
  let opened: { readonly descriptor: number; readonly isOurs: boolean } | undefined;
  let failure: unknown;
  const take = (bytes: Uint8Array) => {
    if (failure !== undefined) return;
    try {
      opened ??= openToAppend(path);
      writeFully(opened.descriptor, bytes);
    } catch (error) {
      failure = error;
    }
  };
  const finish = () => {
    if (opened?.isOurs) closeSync(opened.descriptor);
    opened = undefined;
    if (failure !== undefined) throw asUnwritable(path, failure);
  };
  return { take, finish };
}

function checkOneName(path: string): void {
  const target = outputTarget(path);
  if (target.kind !== "file" || target.old === undefined || target.old.nlink <= 1) return;
  throw asUnwritable(path, new Error(`it has ${target.old.nlink} names (hard links), and each would change`));
}

function openToAppend(path: string): { readonly descriptor: number; readonly isOurs: boolean } {
  const target = outputTarget(path);
  if (target.kind === "descriptor") return { descriptor: target.descriptor, isOurs: false };
  const descriptor = target.kind === "stream" ? openStream(path) : openSync(path, APPEND, 0o666);
  return { descriptor, isOurs: true };
}
