import { readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { checkCalledOff } from "../../base/deadlines.ts";
import { HostError } from "../../base/errors.ts";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import { describedPack, noFile } from "../../packs/archive/described-pack.ts";
import { type Archive, ARCHIVE_LIMITS } from "../../packs/archive/zip-archive.ts";
import type { Pack } from "../../packs/pack.ts";
import { invalidPack, tooLarge } from "../../packs/pack-error.ts";
import { isDescription, readPack } from "../../packs/read-pack.ts";
import { yieldToEventLoop } from "../event-loop.ts";
import { readWhole } from "../files.ts";
import { openArchive } from "./zip-archive.ts";

/** A pack that is open: what it describes, and its files. */
export interface OpenPack {
  readonly pack: Pack;
  /** The name of its description, which shows the format. */
  readonly description: string;
  /** A file of it; throws `PackError` `pack-not-found`. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** One of a device's algorithms, which is read once. */
  readonly algorithm: (path: string) => Promise<FlashAlgorithm>;
  /** Reads every file of an archive, so that a damaged one is found, or throws `aborted`; absent where the files lie by themselves. */
  readonly readAll?: (signal?: AbortSignal) => Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a pack: a `.pack` archive, a folder with a `.pdsc`, or a description by itself (`.pdsc`, a target file of probe-rs,
 * a file of one's own), whose files lie beside it. Nothing is written.
 *
 * Throws `PackError` and the `HostError`s of files.
 */
export async function openPack(path: string): Promise<OpenPack> {
  const stat = lookAt(path);
  if (!stat) throw new HostError("file-not-found", `There is no file ${path}`, { details: { path } });
  if (stat.isDirectory()) return inFolder(path, descriptionIn(path));
  // A pipe would be waited for without end.
  if (!stat.isFile()) throw new HostError("file-unreadable", `${path} is no file`, { details: { path } });
  return isDescription(path) ? inFolder(dirname(path), basename(path)) : inArchive(await openArchive(path));
}

/** What is at a path; undefined for nothing, and for what no system has as a path. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The one description in a folder. */
function descriptionIn(folder: string): string {
  const names = namesIn(folder).filter(isDescription);
  const found = names.filter((name) => /\.pdsc$/i.test(name));
  const [name, ...others] = found.length > 0 ? found : names;
  if (name !== undefined && others.length === 0) return name;
  throw invalidPack(
    "description",
    `${folder} has ${others.length === 0 ? "no description" : "several descriptions"} of a pack`,
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new HostError("file-unreadable", `${folder} can't be read`, { details: { path: folder }, cause });
  }
}

function inFolder(folder: string, description: string): OpenPack {
  const readFile = async (path: string) => readBounded(insideOf(folder, path));
  return opened(readPack(description, readBounded(join(folder, description))), description, readFile, async () => {});
}

function readBounded(path: string): Uint8Array {
  const size = lookAt(path)?.size ?? 0;
  if (size > ARCHIVE_LIMITS.file) throw tooLarge(`bytes in ${basename(path)}`, size, ARCHIVE_LIMITS.file);
  return readWhole(path, { only: "file" });
}

/** Throws `pack-not-found` for a path that leads out of the folder, by its words or by links. */
function insideOf(folder: string, path: string): string {
  const full = resolve(folder, path);
  const isInside = (file: string, top: string) => file.startsWith(top.endsWith(sep) ? top : top + sep);
  if (!isInside(full, resolve(folder)) || !lookAt(full)?.isFile()) throw noFile(path);
  if (!isInside(realpathSync(full), realpathSync(folder))) throw noFile(path);
  return full;
}

async function inArchive(archive: Archive): Promise<OpenPack> {
  try {
    const { path, bytes, readFile } = await describedPack(archive);
    const close = async () => void (await archive.close());
    const open = opened(readPack(path, bytes), path, readFile, close);
    const readAll = async (signal?: AbortSignal) => {
      for (const file of archive.files) {
        await yieldToEventLoop();
        checkCalledOff(signal, "the files of a pack");
        await file.read();
      }
    };
    return { ...open, readAll };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

function opened(pack: Pack, description: string, readFile: OpenPack["readFile"], close: OpenPack["close"]): OpenPack {
  const read = new Map<string, Promise<FlashAlgorithm>>();
  const algorithm = (path: string) => {
    const known = read.get(path) ?? pack.algorithm(path, readFile);
    read.set(path, known);
    return known;
  };
  return { pack, description, readFile, close, algorithm };
}
