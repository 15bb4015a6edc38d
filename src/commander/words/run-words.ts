import { causeChain, FlashproofError, WaitError } from "../../base/errors.ts";
import type { ScriptLine } from "../language/lexer.ts";

/** What the end of a run left of the core. */
export type CoreAfter = "runs" | "halted" | "not-connected" | "lost";

const CORE_WORDS: { readonly [State in CoreAfter]: string } = {
  runs: "the core runs on",
  halted: "the core stays as it was left (SetRestartOnClose = 0)",
  "not-connected": "no target was connected",
  lost: "whether the core runs is not known: it didn't answer",
};

/** Where a run was called off. */
export interface Interruption {
  /** The line that was being run; undefined before the first one, and behind the last. */
  readonly line: ScriptLine | undefined;
  /** How many lines with a command had been run before. */
  readonly done: number;
  /** How many are left, where the run is a script's. */
  readonly left: number | undefined;
  /** Lines of this run that programmed or erased, and came to their end. */
  readonly flashed: readonly ScriptLine[];
  readonly core: CoreAfter;
}

/** The error of a run that was called off: where, what became of the flash and the core, and what wasn't run. */
export function interrupted(at: Interruption, cause: unknown): WaitError {
  const words = [whereText(at), flashText(at, cause), CORE_WORDS[at.core], ...leftText(at)];
  const details = detailsOf(cause);
  return new WaitError("aborted", `Interrupted ${words.join("; ")}`, { details, cause });
}

function whereText({ line, done, left }: Interruption): string {
  if (line?.number === 0) return `while connecting (${line.text})`;
  if (left === undefined && !line) return "at the prompt";
  if (line) return `in line ${line.number} (${line.text.trim()})`;
  return done === 0 ? "before the first line" : "between two lines";
}

/** What a flash job says of itself counts; any other command has none under way. */
function flashText({ flashed }: Interruption, cause: unknown): string {
  const known = causeChain(cause).find((each) => each instanceof FlashproofError && "flash" in each.details);
  const now = known ? lowered(known.message) : "no flash operation was under way";
  if (flashed.length === 0) return now;
  const before = flashed.map(({ number, text }) => `line ${number} (${text.trim()})`).join(", ");
  return `${now}; done before: ${before}`;
}

const lowered = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

const leftText = ({ left }: Interruption): readonly string[] => {
  if (left === undefined) return [];
  return [left === 0 ? "no line was left to run" : `${left} ${left === 1 ? "line was" : "lines were"} not run`];
};

const detailsOf = (cause: unknown): FlashproofError["details"] => {
  const known = causeChain(cause).find((each) => each instanceof FlashproofError && "flash" in each.details);
  return known instanceof FlashproofError ? known.details : {};
};

/** What a script's end says where commands failed and the exit code doesn't show it. */
export function failedButZero(failed: readonly ScriptLine[]): string {
  const [first] = failed;
  const count = failed.length === 1 ? "1 command" : `${failed.length} commands`;
  return `${count} failed, the first in line ${first.number} (${first.text.trim()}), and the exit code is 0: ExitOnError 1 or --strict makes it 1`;
}
