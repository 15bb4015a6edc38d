import { MILLISECOND } from "../base/clock.ts";
import type { OnProgress, Progress } from "../flash/progress.ts";
import { wallClock } from "../node/wall-clock.ts";
import { flagOption, type Invocation, textOption } from "./verb.ts";

/** Progress as the user wants it: a line on the terminal, JSON lines with `--events ndjson`, nothing in pipes and CI. */
export function progressFor(invocation: Invocation): OnProgress {
  const { terminal } = invocation;
  if (textOption(invocation, "events") === "ndjson")
    return (progress) => terminal.err(`${JSON.stringify(eventOf(progress))}\n`);
  const quiet = flagOption(invocation, "quiet") || !terminal.errIsTerminal || terminal.env.CI !== undefined;
  return quiet ? () => {} : (progress) => terminal.err(lineOf(progress));
}

const eventOf = (p: Progress) => ({
  t: Math.round(wallClock.now() / MILLISECOND),
  phase: p.phase,
  done: p.done,
  total: p.total,
});

function lineOf(p: Progress): string {
  const percent = p.total === 0 ? 100 : Math.floor((100 * p.done) / p.total);
  const end = p.done >= p.total ? "\n" : "";
  return `\r${p.phase.padEnd(8)} ${String(percent).padStart(3)} %${end}`;
}
