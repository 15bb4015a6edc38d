import { type Clock, MILLISECOND } from "../base/clock.ts";
import type { OnProgress, Progress } from "../flash/progress.ts";
import type { Invocation } from "./verb.ts";

/**
 * Progress as the user wants it: a line on the terminal, JSON lines with `--events ndjson`, nothing in pipes and CI.
 * Times are the clock's: a twin's are virtual.
 */
export function progressFor({ terminal, options }: Invocation, clock: Clock): OnProgress {
  if (options.events === "ndjson") return (progress) => terminal.err(`${JSON.stringify(eventOf(progress, clock))}\n`);
  const quiet = options.quiet || !terminal.errIsTerminal || terminal.env.CI !== undefined;
  return quiet ? () => {} : (progress) => terminal.err(lineOf(progress));
}

const eventOf = (p: Progress, clock: Clock) => ({
  t: Math.round(clock.now() / MILLISECOND),
  phase: p.phase,
  done: p.done,
  total: p.total,
});

/** The cursor is left at the line's start, so that an error overwrites what is unfinished. */
function lineOf(p: Progress): string {
  const percent = p.total === 0 ? 100 : Math.floor((100 * p.done) / p.total);
  const bar = "=".repeat(Math.floor(percent / 5)).padEnd(20, " ");
  return `${p.phase.padEnd(8)} [${bar}] ${String(percent).padStart(3)} %${p.done >= p.total ? "\n" : "\r"}`;
}
