import { accessSync, constants, lstatSync, readlinkSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { HostError } from "../../base/errors.ts";
import { descriptorOf, isInherited } from "./descriptors.ts";

/** What a path that is to be written stands for. */
export type OutputTarget =
  /** A descriptor of this process: `-`, `/dev/stdout`, `/dev/fd/N`. */
  | { readonly kind: "descriptor"; readonly descriptor: number }
  /** Nothing stands there, or a file that is replaced. */
  | { readonly kind: "file"; readonly old: Stats | undefined }
  /** A pipe or a device, which is written into and stays what it is. */
  | { readonly kind: "stream" };

/**
 * Looks at what stands at a path without following a link. Throws `file-is-link`, `file-is-folder`, and
 * `file-unwritable` for a descriptor that this process was not given.
 */
export function outputTarget(path: string): OutputTarget {
  const descriptor = descriptorOf(path, 1);
  if (descriptor !== undefined) {
    if (isInherited(descriptor)) return { kind: "descriptor", descriptor };
    throw unwritable(path, new Error("this process was not given such a descriptor"));
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) throw isLink(path);
  if (found?.isDirectory())
    throw new HostError("file-is-folder", `${path} is a folder, not a file`, { details: { path } });
  return found === undefined || found.isFile() ? { kind: "file", old: found } : { kind: "stream" };
}

/**
 * Checks before a job that its output can be written, so that a wrong name costs nothing. Throws what `writeWhole`
 * throws; what changes later (a full disk) is found only when it is written.
 */
export function checkOutput(path: string): void {
  try {
    const target = outputTarget(path);
    if (target.kind !== "file") return;
    const folder = dirname(path);
    if (!statSync(folder).isDirectory()) throw new Error(`${folder} is no folder`);
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (target.old) accessSync(path, constants.W_OK);
  } catch (cause) {
    throw asUnwritable(path, cause);
  }
}

/** The error as it is where it is one of ours, and `file-unwritable` for the system's errors. */
export const asUnwritable = (path: string, cause: unknown): HostError =>
  cause instanceof HostError ? cause : unwritable(path, cause);

const unwritable = (path: string, cause: unknown) =>
  new HostError("file-unwritable", `The file ${path} can't be written`, { details: { path }, cause });

function isLink(path: string): HostError {
  const to = readlinkSync(path);
  return new HostError("file-is-link", `${path} is a link to ${to}, and nothing is written through links`, {
    details: { path, to },
  });
}
