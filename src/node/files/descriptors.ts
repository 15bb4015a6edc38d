import { readFileSync } from "node:fs";

/** Names of the process's own descriptors, beside `/dev/fd/N`. */
const NAMED: Readonly<Record<string, number>> = { "/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2 };

const BY_NUMBER = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/;

/** Whether a name means the standard output: `-` and what the system calls it. */
export const isStandardOutput = (path: string): boolean => descriptorOf(path, 1) === 1;

/**
 * The descriptor that a path stands for: `-` is the given one, `/dev/stdin`, `/dev/stdout`, `/dev/stderr` and
 * `/dev/fd/N` their own; undefined for everything else. Such a name is used and not opened: a socket can't be opened by
 * it, and a file would lose its place.
 */
export function descriptorOf(path: string, dash: 0 | 1): number | undefined {
  if (path === "-") return dash;
  if (Object.hasOwn(NAMED, path)) return NAMED[path];
  const match = BY_NUMBER.exec(path);
  return match ? Number(match[1]) : undefined;
}

/** O_CLOEXEC in the flags that Linux shows of a descriptor (octal; proc(5), fdinfo). */
const CLOSES_ON_EXEC = 0o2000000;

/**
 * Whether a descriptor came from the program that started this one, so that it may be used by its number. The others
 * are this process's own: its event loop's, for example. Where the system shows no flags, every number is accepted.
 */
export function isInherited(descriptor: number): boolean {
  if (descriptor <= 2) return true;
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"));
    return flags === null || (Number.parseInt(flags[1], 8) & CLOSES_ON_EXEC) === 0;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== "ENOENT" || process.platform !== "linux";
  }
}
