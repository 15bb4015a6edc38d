import { filesIn, noFiles } from "../node/semihosting/folder-files.ts";
import type { HostFiles } from "../semihosting/host.ts";
import { onceEach } from "./serving/once-each.ts";
import { type Invocation, note } from "./verb.ts";

/** So many refusals are printed, each once: a firmware may try for ever. */
const MOST_NOTES = 16;

/** The files that `--semihosting-dir` gives a firmware, none without it; what is refused is noted. Throws `file-not-found`. */
export function filesFor(invocation: Invocation<{ readonly semihostingDir: string | undefined }>): HostFiles {
  const refused = onceEach((text) => note(invocation, text), MOST_NOTES);
  const { semihostingDir: folder } = invocation.options;
  return folder === undefined ? noFiles(refused, "--semihosting-dir names a folder for it") : filesIn(folder, refused);
}

/** No files, for a server whose command line has no option that names a folder; what is refused is noted by `print`. */
export const filesOfShim = (print: (line: string) => void): HostFiles =>
  noFiles(
    onceEach(print, MOST_NOTES),
    "J-Link's command line names no folder; flashproof gdbserver has --semihosting-dir",
  );
