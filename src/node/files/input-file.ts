import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { isatty } from "node:tty";
import { concatBytes } from "../../base/bytes.ts";
import { HostError } from "../../base/errors.ts";
import { descriptorOf, isInherited } from "./descriptors.ts";
import { pause } from "../process/pause.ts";
import { withPlainSignals } from "../process/signals.ts";

/** What may be read. */
export interface ReadOptions {
  /** A file and nothing else: what is looked at unasked must not wait for a pipe's writer. */
  readonly only?: "file";
}

/** The largest input: many times the largest chip's image as text, and less than a machine's memory. */
const MOST_BYTES = 512 * 1024 * 1024;

/** How long a pipe with a name may have no writer, and how long its writer may be silent, in milliseconds. */
const PATIENCE_MS = { writer: 10_000, bytes: 60_000 } as const;

const PAUSE_MS = 5;
const CHUNK = 0x1_0000;
const LARGEST_CHUNK = 0x10_0000;

/**
 * Reads a whole file or pipe; `-` is stdin. Throws `HostError` `file-not-found`, `file-unreadable`, `file-is-folder`,
 * `file-is-device` for a device that has no end, and `file-too-large` beyond 512 MB.
 */
export function readWhole(path: string, options: ReadOptions = {}): Uint8Array {
  const parts = [...readChunks(path, options)];
  return parts.length === 1 ? parts[0] : concatBytes(parts);
}

/** The bytes of a file or pipe part by part, for those that need not fit into memory; throws what `readWhole` throws. */
export function* readChunks(path: string, options: ReadOptions = {}): Generator<Uint8Array> {
  let opened: number | undefined;
  try {
    const given = descriptorOf(path, 0);
    if (given !== undefined && !isInherited(given)) throw new Error("this process was not given such a descriptor");
    if (given === undefined)
      opened = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0));
    const file = given ?? opened ?? 0;
    const found = fstatSync(file);
    checkKind(found, file, path, options);
    // A descriptor that was handed to this process has a writer as long as it is open; a pipe with a name may have none.
    const parts = given === undefined && found.isFIFO() ? pipeParts(file, path) : partsToEnd(file, found.size);
    const isFile = found.isFile();
    let count = 0;
    for (;;) {
      const { done, value } = isFile ? parts.next() : withPlainSignals(() => parts.next());
      if (done) return;
      count += value.length;
      if (count > MOST_BYTES) throw tooLarge(path);
      yield value;
    }
  } catch (cause) {
    throw cause instanceof HostError ? cause : unreadable(path, cause);
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

/** Throws for what has no end, and for what is no file where only a file will do. */
function checkKind(found: Stats, descriptor: number, path: string, { only }: ReadOptions): void {
  if (found.isDirectory()) throw isFolder(path);
  if (found.size > MOST_BYTES) throw tooLarge(path);
  const isDevice = found.isBlockDevice() || (found.isCharacterDevice() && !isEmptyDevice(found));
  if (isDevice && (only !== undefined || !isatty(descriptor)))
    throw new HostError("file-is-device", `${path} is a device and no file: it may have no end`, { details: { path } });
  if (only !== undefined && !found.isFile())
    throw new HostError("file-unreadable", `${path} is no file`, { details: { path } });
}

/** `/dev/null` on Linux (Documentation/admin-guide/devices.txt: 1:3); it ends at once. */
const isEmptyDevice = ({ rdev }: Stats): boolean => rdev === 0x103;

/** Everything up to the end; a writer that is slower than we are is waited for. */
function* partsToEnd(file: number, size: number): Generator<Uint8Array> {
  for (;;) {
    const part = readPart(file, Math.min(LARGEST_CHUNK, Math.max(CHUNK, size)));
    if (part === undefined) pause(PAUSE_MS);
    else if (part.length === 0) return;
    else yield part;
  }
}

/** A pipe with a name, opened without waiting: without a writer it reads as ended, so its beginning is waited for. */
function* pipeParts(file: number, path: string): Generator<Uint8Array> {
  let quiet = 0;
  let any = false;
  for (;;) {
    const part = readPart(file, CHUNK);
    if (part && part.length > 0) {
      yield part;
      any = true;
      quiet = 0;
      continue;
    }
    if (part && any) return;
    quiet += PAUSE_MS;
    checkPatience(quiet, part === undefined ? "bytes" : "writer", path);
    pause(PAUSE_MS);
  }
}

function checkPatience(quietMs: number, what: keyof typeof PATIENCE_MS, path: string): void {
  if (quietMs <= PATIENCE_MS[what]) return;
  const why = what === "writer" ? "has no writer" : "has a writer that says nothing";
  throw new HostError("file-unreadable", `The pipe ${path} ${why}; waited ${PATIENCE_MS[what] / 1000} s`, {
    details: { path },
  });
}

/** The next bytes, none at the end; undefined where there are none yet. */
function readPart(file: number, most: number): Uint8Array | undefined {
  const buffer = new Uint8Array(most);
  try {
    return buffer.subarray(0, readSync(file, buffer));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return undefined;
    if (code === "EOF") return buffer.subarray(0, 0);
    throw error;
  }
}

function unreadable(path: string, cause: unknown): HostError {
  const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
  const what = missing ? "does not exist" : "can't be read";
  return new HostError(missing ? "file-not-found" : "file-unreadable", `The file ${path} ${what}`, {
    details: { path },
    cause,
  });
}

const isFolder = (path: string) =>
  new HostError("file-is-folder", `${path} is a folder, not a file`, { details: { path } });

const tooLarge = (path: string) =>
  new HostError("file-too-large", `${path} has more than ${MOST_BYTES / 1024 / 1024} MB`, { details: { path } });
