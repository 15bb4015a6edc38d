import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { HostError } from "../../base/errors.ts";
import { type PatchJournal, type PatchRecord, readRecord, recordText } from "../../flash/patches/record.ts";
import { readWhole } from "./input-file.ts";
import { writeWhole } from "./output-file.ts";
import { asUnwritable } from "./output-target.ts";

/** Only an absolute XDG_STATE_HOME counts (XDG Base Directory Specification): a relative one would be any folder's. */
export function patchFolder({ XDG_STATE_HOME: given, HOME: home }: NodeJS.ProcessEnv): string {
  const base = given !== undefined && isAbsolute(given) ? given : join(home || homedir(), ".local", "state");
  return join(base, "flashproof", "breakpoints");
}

/**
 * Keeps records of patched sectors as files of a folder, one each, which is made when the first one is kept. `onBroken`
 * gets the path of a file that is no whole record or can't be read; it is left alone. Throws `file-unreadable` for a folder
 * that can't be listed, and `file-unwritable` for a record that can't be kept or dropped.
 */
export function patchJournal(folder: string, onBroken: (path: string) => void = () => {}): PatchJournal {
  const pathOf = (id: string) => join(folder, `${fileName(id)}.json`);
  const read = (name: string): readonly PatchRecord[] => {
    const path = join(folder, name);
    const text = textOf(path);
    const record = text === undefined ? undefined : readRecord(text);
    if (record && pathOf(record.id) === path) return [record];
    // Another process may have dropped it since it was listed.
    if (lstatSync(path, { throwIfNoEntry: false })) onBroken(path);
    return [];
  };
  return {
    list: (chip) => {
      const names = namesIn(folder).filter((name) => name.startsWith(`${fileName(chip)}-`) && name.endsWith(".json"));
      return names
        .sort()
        .flatMap(read)
        .filter((record) => record.chip === chip);
    },
    put: (record) => {
      const path = pathOf(record.id);
      makeFolder(folder, path);
      writeWhole(path, recordText(record));
      syncFolder(folder);
    },
    drop: ({ id }) => remove(pathOf(id)),
    placeOf: ({ id }) => pathOf(id),
  };
}

/** A journal for a board that is gone with this process: it keeps nothing. */
export const noPatchJournal: PatchJournal = {
  list: () => [],
  put: () => {},
  drop: () => {},
  placeOf: ({ id }) => id,
};

/** What a file has; undefined where it can't be read, or is no file. */
function textOf(path: string): string | undefined {
  try {
    return new TextDecoder().decode(readWhole(path, { only: "file" }));
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (cause) {
    // Below a file there is nothing to remove.
    if (codeOfSystem(cause) !== "ENOTDIR") throw asUnwritable(path, cause);
  }
}

const codeOfSystem = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Ids are made of chips' names, which may have any characters. */
const fileName = (id: string): string => id.replace(/[^\w.-]/g, "_");

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (/^(?:ENOENT|ENOTDIR)$/.test(codeOfSystem(error) ?? "")) return [];
    throw new HostError("file-unreadable", `The folder ${folder} can't be listed`, {
      details: { path: folder },
      cause: error,
    });
  }
}

function makeFolder(folder: string, path: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw asUnwritable(path, cause);
  }
}

/** The name of a new file is on the disk only when its folder is; where a system has no such thing, it is at once. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // A folder can't be opened on Windows.
  }
}
