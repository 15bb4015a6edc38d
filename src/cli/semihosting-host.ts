import { filesIn, noFiles } from "../node/semihosting/folder-files.ts";
import type { HostFiles } from "../semihosting/host.ts";
import { type Invocation, note } from "./verb.ts";

/** So many refusals are printed, each once: a firmware may try for ever. */
const MOST_NOTES = 16;

/** The files that `--semihosting-dir` gives a firmware, none without it; what is refused is noted. Throws `file-not-found`. */
export function filesFor(invocation: Invocation<{ readonly semihostingDir: string | undefined }>): HostFiles {
  const noted = new Set<string>();
  const refused = (text: string) => {
    if (noted.has(text) || noted.size >= MOST_NOTES) return;
    noted.add(text);
    note(invocation, text);
  };
  const { semihostingDir: folder } = invocation.options;
  return folder === undefined ? noFiles(refused) : filesIn(folder, refused);
}
