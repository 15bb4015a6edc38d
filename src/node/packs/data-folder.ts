import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * The folder with what Flashproof keeps of packs. Only an absolute XDG_DATA_HOME counts (XDG Base Directory Specification): a
 * relative one would be any folder's.
 */
export function dataFolder({ XDG_DATA_HOME: given, HOME: home }: NodeJS.ProcessEnv): string {
  const base = given !== undefined && isAbsolute(given) ? given : join(home || homedir(), ".local", "share");
  return join(base, "flashproof");
}
