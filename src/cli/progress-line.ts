import { type Clock, MILLISECOND } from "../base/clock.ts";
import type { Progress } from "../flash/progress.ts";
import type { Terminal } from "./output.ts";
import { asksForTrace } from "./trace-log.ts";
import type { Invocation } from "./verb.ts";

/** How far a phase of a job is, or a reading. */
export interface Shown extends Omit<Progress, "phase"> {
  readonly phase: Progress["phase"] | "read";
}

/**
 * Progress as the user wants it: a line on the terminal, JSON lines with `--events ndjson`, nothing in pipes and CI.
 * Times are the clock's: a twin's are virtual.
 */
export function progressFor({ terminal, options }: Invocation, clock: Clock): (progress: Shown) => void {
  if (options.events === "ndjson") return (progress) => terminal.err(`${JSON.stringify(eventOf(progress, clock))}\n`);
  // A line that is overwritten and the lines of a trace don't go together.
  const quiet =
    options.quiet || asksForTrace(options.verbose) || !terminal.errIsTerminal || terminal.env.CI !== undefined;
  return quiet ? () => {} : (progress) => show(terminal, progress);
}

const eventOf = (p: Shown, clock: Clock) => ({
  t: Math.round(clock.now() / MILLISECOND),
  phase: p.phase,
  done: p.done,
  total: p.total,
});

/** An unfinished line is overwritten by the next one, or by an error. */
function show(terminal: Terminal, p: Shown): void {
  const line = progressLine(p, terminal.errColumns?.());
  if (p.done >= p.total) terminal.err(`${line}\n`);
  else terminal.redraw(line);
}

/** Columns of the bar with its brackets, and of the number behind it. */
const BAR = 20;
const NUMBER = 6;

/** A phase with its bar; a terminal that is too narrow gets a shorter bar, then none: a line that wraps isn't overwritten. */
export function progressLine({ phase, done, total }: Shown, columns = 80): string {
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  const number = `${String(percent).padStart(3)} %`;
  // The last column stays free, because some terminals wrap there.
  const room = columns - 1 - (8 + 1 + 2 + NUMBER);
  const width = Math.min(BAR, room);
  if (width < 4) return `${phase.padEnd(8)}${number}`.slice(0, Math.max(0, columns - 1));
  const bar = "=".repeat(Math.floor((percent * width) / 100)).padEnd(width, " ");
  return `${phase.padEnd(8)} [${bar}] ${number}`;
}
