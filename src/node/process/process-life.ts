import { readFileSync } from "node:fs";

/** A process as a lock names it: its id, and on Linux when it started, because ids are used again. */
export interface ProcessName {
  readonly pid: number;
  /** Clock ticks since the machine's start (proc(5), stat, field 22); undefined where the system doesn't tell. */
  readonly started?: string;
}

/** This process. */
export const thisProcess = (): ProcessName => named(process.pid, statOf(process.pid));

/** Whether a process still runs. One that has ended and waits to be collected (a zombie) doesn't. */
export function isAlive({ pid, started }: ProcessName): boolean {
  const stat = statOf(pid);
  if (stat) return !ENDED.includes(stat.state) && (started === undefined || started === stat.started);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** State letters of a process that has ended (proc(5), stat, field 3). */
const ENDED = ["Z", "X", "x"];

interface Stat {
  readonly state: string;
  readonly started: string;
}

/** What Linux knows of a process; undefined where it knows none of this id, or shows nothing. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0], started: fields[22 - 3] };
  } catch {
    return undefined;
  }
}

const named = (pid: number, stat: Stat | undefined): ProcessName => (stat ? { pid, started: stat.started } : { pid });
