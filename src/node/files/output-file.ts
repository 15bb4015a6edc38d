import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
} from "node:fs";
import { dirname, join } from "node:path";
import { openStream, writeFully } from "./output-stream.ts";
import { asUnwritable, outputTarget } from "./output-target.ts";

/** How a file is written. */
export interface WriteOptions {
  /** Permission bits of a program; without them an old file's stay, and a new one gets what the umask leaves. */
  readonly mode?: number;
}

/**
 * Writes a whole file or none: beside its name under a random one, synced, renamed. The old file's mode stays, and
 * where root writes its owner; other names of a hard-linked file keep the old content. Pipes and devices are written
 * into; `-` is stdout.
 *
 * Throws `HostError` `file-is-link`, `file-is-folder` and `file-unwritable`; nothing is left behind then.
 */
export function writeWhole(path: string, data: Uint8Array | string, options: WriteOptions = {}): void {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  try {
    const target = outputTarget(path);
    if (target.kind === "descriptor") writeFully(target.descriptor, bytes);
    else if (target.kind === "stream") writeInto(path, bytes);
    else replace(path, bytes, target.old, options);
  } catch (cause) {
    throw asUnwritable(path, cause);
  }
}

function writeInto(path: string, bytes: Uint8Array): void {
  const stream = openStream(path);
  try {
    writeFully(stream, bytes);
  } finally {
    closeSync(stream);
  }
}

function replace(path: string, bytes: Uint8Array, old: Stats | undefined, { mode }: WriteOptions): void {
  // A file that its user made read-only is not replaced by the way of its folder.
  if (old) accessSync(path, constants.W_OK);
  const beside = join(dirname(path), `.flashproof-${randomName()}.part`);
  const file = openSync(beside, NEW_FILE, old ? 0o600 : (mode ?? 0o666));
  try {
    try {
      writeFully(file, bytes);
      if (old) keepAttributes(file, old, mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    checkUnchanged(path, old);
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Fails where anything stands at the name already, a link that leads elsewhere included. */
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/** The old file's owner (root may give it away, others only to a group of theirs) and then its mode. */
function keepAttributes(file: number, old: Stats, mode: number | undefined): void {
  const isRoot = process.getuid?.() === 0;
  try {
    if (process.getuid) fchownSync(file, isRoot ? old.uid : -1, old.gid);
  } catch (error) {
    if (isRoot) throw error;
  }
  // The bits that make a program run as its owner are worth nothing on another owner's file.
  fchmodSync(file, mode ?? old.mode & (isRoot ? 0o7777 : 0o777));
}

/** Throws where the name stands for something else than when it was looked at. */
function checkUnchanged(path: string, old: Stats | undefined): void {
  const now = lstatSync(path, { throwIfNoEntry: false });
  if (now?.ino === old?.ino && now?.dev === old?.dev) return;
  throw new Error("another program changed what stands at this name while it was written");
}

/** By the platform's own generator: `node:crypto` would be loaded by every start of the program. */
const randomName = (): string => Buffer.from(crypto.getRandomValues(new Uint32Array(3)).buffer).toString("hex");
