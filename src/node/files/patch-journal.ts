import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
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
 * gets the path of a file that is no whole record; it is left alone.
 */
export function patchJournal(folder: string, onBroken: (path: string) => void = () => {}): PatchJournal {
  const pathOf = (id: string) => join(folder, `${fileName(id)}.json`);
  const read = (name: string): readonly PatchRecord[] => {
    const path = join(folder, name);
    const record = readRecord(new TextDecoder().decode(readWhole(path, { only: "file" })));
    if (record && pathOf(record.id) === path) return [record];
    onBroken(path);
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
    drop: ({ id }) => rmSync(pathOf(id), { force: true }),
  };
}

/** A journal for a board that is gone with this process: it keeps nothing. */
export const noPatchJournal: PatchJournal = { list: () => [], put: () => {}, drop: () => {} };

/** Ids are made of chips' names, which may have any characters. */
const fileName = (id: string): string => id.replace(/[^\w.-]/g, "_");

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
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
