import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { HostError } from "../../base/errors.ts";
import { placeInFolder } from "../files/place-in-folder.ts";
import { ERRNO, SemihostingFailure } from "../../semihosting/failure.ts";
import type { HostFile, HostFiles, OpenMode } from "../../semihosting/host.ts";

/** A firmware's files may grow by so much together and no more: a wrong place or a loop must not fill the disk. */
const MOST_GROWTH = 1 << 30;

/** What an empty file counts as: it takes room, too. */
const EMPTY_BYTES = 4096;

/** Receives why an access was refused, in a sentence. */
export type OnRefused = (text: string) => void;

/**
 * The files of one folder, and of nothing outside it: names with `..`, other folders' absolute ones, and everything that a
 * symbolic link leads to are refused, as are pipes and devices. Throws `file-not-found` where the folder is none.
 */
export function filesIn(folder: string, onRefused: OnRefused): HostFiles {
  const root = folderOf(folder);
  const place = (name: string) => placeIn(root, name, onRefused);
  const growth = new Growth();
  return {
    open: async (name, mode) => attempt(() => openFile(place(name), mode, growth)),
    remove: async (name) =>
      attempt(() => {
        const path = checkFile(place(name));
        const size = sizeOf(path);
        unlinkSync(path);
        growth.gone(size);
      }),
    rename: async (from, to) =>
      attempt(() => {
        const [source, goal] = [checkFile(place(from)), place(to)];
        const size = source === goal ? 0 : sizeOf(goal);
        renameSync(source, goal);
        growth.gone(size);
      }),
  };
}

/** How much the files have grown in all; what is removed or cut off is free again. */
class Growth {
  /** Open files: a removed one takes its room until it is closed. */
  open = 0;
  private bytes = 0;

  /** Throws `SemihostingFailure` ENOSPC where that is too much. */
  check(bytes: number): void {
    if (bytes > 0 && this.bytes + bytes > MOST_GROWTH)
      throw new SemihostingFailure(ERRNO.ENOSPC, "the firmware's files would grow too large");
  }

  take(bytes: number): void {
    this.check(bytes);
    this.bytes += Math.max(0, bytes);
  }

  /** A file of the folder's from before may be larger than all that the firmware has written. */
  free(bytes: number): void {
    this.bytes = Math.max(0, this.bytes - bytes);
  }

  /** A file has gone; while one is open it may be this one, and its room is not given back. */
  gone(bytes: number): void {
    if (this.open === 0) this.free(bytes);
  }
}

/** What a file counts as; 0 where there is none. */
function sizeOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size + EMPTY_BYTES : 0;
}

/** No files at all: each use is refused, and `why` says what would give it a folder. */
export function noFiles(onRefused: OnRefused, why: string): HostFiles {
  const refuse = async (name: string): Promise<never> => {
    onRefused(`semihosting: the firmware's use of the file "${name}" was refused: ${why}`);
    throw new SemihostingFailure(ERRNO.EACCES, "no folder is given");
  };
  return { open: refuse, remove: refuse, rename: refuse };
}

function folderOf(folder: string): string {
  try {
    const root = realpathSync(folder);
    if (lstatSync(root).isDirectory()) return root;
  } catch (cause) {
    throw new HostError("file-not-found", `The folder ${folder} for semihosting isn't there`, {
      cause,
      details: { file: folder },
    });
  }
  throw new HostError("file-not-found", `${folder} for semihosting is no folder`, { details: { file: folder } });
}

/** The path of a name in the folder. Throws `SemihostingFailure` EACCES for one that leads out of it. */
function placeIn(root: string, name: string, onRefused: OnRefused): string {
  const refuse = (why: string): never => {
    onRefused(`semihosting: the firmware's use of the file "${name}" was refused: ${why}`);
    throw new SemihostingFailure(ERRNO.EACCES, why);
  };
  if (name === "" || name.includes("\0")) throw new SemihostingFailure(ERRNO.ENOENT, "a file has a name");
  const { path, refused } = placeInFolder(root, name);
  if (path === undefined) return refuse(refused);
  if (path === root) throw new SemihostingFailure(ERRNO.EISDIR, "it is the folder itself");
  return path;
}

/** Throws `SemihostingFailure` where there is no regular file. */
function checkFile(path: string): string {
  const found = lstatSync(path);
  if (found.isDirectory()) throw new SemihostingFailure(ERRNO.EISDIR, "it is a folder");
  if (!found.isFile()) throw new SemihostingFailure(ERRNO.EACCES, "it is no regular file");
  return path;
}

/** Nothing is followed and nothing is waited for, whatever has come there since it was looked at. */
const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

const FLAGS = {
  r: 0,
  w: constants.O_CREAT | constants.O_TRUNC,
  a: constants.O_CREAT,
} as const;

function openFile(path: string, { base, isUpdate }: OpenMode, growth: Growth): HostFile {
  const way = isUpdate ? constants.O_RDWR : base === "r" ? constants.O_RDONLY : constants.O_WRONLY;
  if (lstatSync(path, { throwIfNoEntry: false })) checkFile(path);
  const before = sizeOf(path);
  if (before === 0) growth.check(EMPTY_BYTES);
  const file = openSync(path, way | FLAGS[base] | CAREFUL, 0o644);
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    throw new SemihostingFailure(ERRNO.EACCES, "it is no regular file");
  }
  if (before === 0) growth.take(EMPTY_BYTES);
  else if (base === "w") growth.free(before - EMPTY_BYTES);
  return handleOf(file, growth);
}

function handleOf(file: number, growth: Growth): HostFile {
  growth.open++;
  return {
    read: async (position, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(
        0,
        attempt(() => readSync(file, bytes, 0, length, position)),
      );
    },
    write: async (position, bytes) =>
      attempt(() => {
        growth.take(position + bytes.length - fstatSync(file).size);
        for (let done = 0; done < bytes.length; )
          done += writeSync(file, bytes, done, bytes.length - done, position + done);
      }),
    length: async () => attempt(() => fstatSync(file)).size,
    close: async () => {
      growth.open--;
      attempt(() => closeSync(file));
    },
  };
}

/** A system's error as the firmware gets it. */
function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof SemihostingFailure) throw error;
    const { code = "", message } = error as NodeJS.ErrnoException;
    const errno = code in ERRNO ? ERRNO[code as keyof typeof ERRNO] : code === "ELOOP" ? ERRNO.EACCES : ERRNO.EIO;
    throw new SemihostingFailure(errno, message);
  }
}
