import { type Clock, MILLISECOND } from "../base/clock.ts";
import type { OnProgress, Progress } from "../flash/progress.ts";
import type { Terminal } from "./output.ts";
import { asksForTrace } from "./trace-log.ts";
import type { Invocation } from "./verb.ts";

/**
 * Progress as the user wants it: a line on the terminal, JSON lines with `--events ndjson`, nothing in pipes and CI.
 * Times are the clock's: a twin's are virtual.
 */
export function progressFor({ terminal, options }: Invocation, clock: Clock): OnProgress {
  if (options.events === "ndjson") return (progress) => terminal.err(`${JSON.stringify(eventOf(progress, clock))}\n`);
  // A line that is overwritten and the lines of a trace don't go together.
  const quiet =
    options.quiet || asksForTrace(options.verbose) || !terminal.errIsTerminal || terminal.env.CI !== undefined;
  return quiet ? () => {} : (progress) => show(terminal, progress);
}

const eventOf = (p: Progress, clock: Clock) => ({
  t: Math.round(clock.now() / MILLISECOND),
  phase: p.phase,
  done: p.done,
  total: p.total,
});

/** An unfinished line is overwritten by the next one, or by an error. */
function show(terminal: Terminal, p: Progress): void {
  if (p.done >= p.total) terminal.err(`${lineOf(p)}\n`);
  else terminal.redraw(lineOf(p));
}

function lineOf(p: Progress): string {
  const percent = p.total === 0 ? 100 : Math.floor((100 * p.done) / p.total);
  const bar = "=".repeat(Math.floor(percent / 5)).padEnd(20, " ");
  return `${p.phase.padEnd(8)} [${bar}] ${String(percent).padStart(3)} %`;
}
