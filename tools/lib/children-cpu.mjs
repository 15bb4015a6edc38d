// @ts-check
import { readFileSync } from "node:fs";

/** Clock ticks of /proc in a second: USER_HZ, 100 on every architecture that Node runs on (proc(5), time(7)). */
const USER_HZ = 100;

/**
 * Seconds of CPU that this process's children have taken, and theirs, as far as they have ended and were waited for;
 * undefined where the system does not show it.
 *
 * @returns {number | undefined}
 */
export function childrenCpuSeconds() {
  try {
    return secondsIn(readFileSync("/proc/self/stat", "latin1"));
  } catch {
    return undefined;
  }
}

/** `cutime` and `cstime`, fields 16 and 17 (proc(5), stat); the name in parentheses may hold spaces. @param {string} stat */
export function secondsIn(stat) {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system] = fields.slice(16 - 3, 18 - 3).map(Number);
  return (user + system) / USER_HZ;
}
