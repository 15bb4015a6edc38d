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
const CHUNK = 0x10000;

/**
 * Reads a whole file or pipe; `-` is stdin. Throws `HostError` `file-not-found`, `file-unreadable`, `file-is-folder`,
 * `file-is-device` for a device that has no end, and `file-too-large` beyond 512 MB.
 */
export function readWhole(path: string, options: ReadOptions = {}): Uint8Array {
  try {
    const descriptor = descriptorOf(path, 0);
    if (descriptor !== undefined) return readGiven(descriptor, path, options);
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0));
    try {
      return readOpened(file, path, options);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw cause instanceof HostError ? cause : unreadable(path, cause);
  }
}

/** Stdin, or another descriptor that was handed to this process: its writer is waited for as long as it is there. */
function readGiven(descriptor: number, path: string, options: ReadOptions): Uint8Array {
  if (!isInherited(descriptor)) throw unreadable(path, new Error("this process was not given such a descriptor"));
  checkKind(fstatSync(descriptor), descriptor, path, options);
  return withPlainSignals(() => readToEnd(descriptor, path));
}

function readOpened(file: number, path: string, options: ReadOptions): Uint8Array {
  const found = fstatSync(file);
  checkKind(found, file, path, options);
  return found.isFIFO() ? withPlainSignals(() => readPipe(file, path)) : readToEnd(file, path, found.size);
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
function readToEnd(file: number, path: string, size = 0): Uint8Array {
  const parts = new Parts(path);
  for (;;) {
    const part = readPart(file, Math.max(CHUNK, size - parts.length));
    if (part === undefined) pause(PAUSE_MS);
    else if (part.length === 0) return parts.all();
    else parts.add(part);
  }
}

/** A pipe with a name, opened without waiting: where nobody writes it reads as ended, so its beginning is waited for. */
function readPipe(file: number, path: string): Uint8Array {
  const parts = new Parts(path);
  let quiet = 0;
  for (;;) {
    const part = readPart(file, CHUNK);
    if (part && part.length > 0) {
      parts.add(part);
      quiet = 0;
      continue;
    }
    if (part && parts.length > 0) return parts.all();
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

/** What was read so far; throws `file-too-large`. */
class Parts {
  private readonly path: string;
  private readonly parts: Uint8Array[] = [];
  private count = 0;

  constructor(path: string) {
    this.path = path;
  }

  get length(): number {
    return this.count;
  }

  add(part: Uint8Array): void {
    this.count += part.length;
    if (this.count > MOST_BYTES) throw tooLarge(this.path);
    this.parts.push(part);
  }

  all(): Uint8Array {
    return this.parts.length === 1 ? this.parts[0] : concatBytes(this.parts);
  }
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
