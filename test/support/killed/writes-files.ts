// A process that writes one file as the program does, for tests that end it on the way:
// `writes-files.ts WHAT PATH TEXT`, where WHAT is one of these.
import { patchJournal } from "../../../src/node/files/patch-journal.ts";
import { writeWhole } from "../../../src/node/files.ts";
import { lockFile } from "../../../src/node/boards/lock-file.ts";
import { recordOf } from "./record.ts";

const WAYS: Readonly<Record<string, (path: string, text: string) => void>> = {
  /** As a board's state, whose file is locked from its reading on. */
  state: (path, text) => {
    const giveBack = lockFile(path);
    writeWhole(path, text);
    giveBack();
  },
  /** As a record of breakpoints in flash; the path is its folder. */
  put: (folder, text) => patchJournal(folder).put(recordOf(text)),
  drop: (folder, text) => patchJournal(folder).drop(recordOf(text)),
};

const [what, path, text] = process.argv.slice(2);
WAYS[what](path, text);
