import type { Json } from "../base/errors.ts";
import type { ErrorReport } from "../report/error-report.ts";

/** The process as its host gives it: where results and words go, as they are, and what the host knows. */
export interface Streams {
  /** The result, and nothing else. */
  out(text: string): void;
  /** The bytes of a file that the user wants on stdout (`-o -`); absent where stdout takes text only. */
  outBytes?(bytes: Uint8Array): void;
  /** Progress, warnings, advice. */
  err(text: string): void;
  /** Waits until all of it has gone to the system; answers why something of stdout hasn't. */
  finish?(): Promise<Error | undefined>;
  readonly errIsTerminal: boolean;
  /** How wide the terminal of stderr is now; absent where it is none, or isn't known. */
  readonly errColumns?: () => number | undefined;
  /** stdout and stderr lead to the same terminal, pipe or file; nothing has to be printed on both. */
  readonly streamsAreOne?: boolean;
  readonly inIsTerminal: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  /** Calls the work off, as Ctrl-C does. */
  readonly signal?: AbortSignal;
}

/** The terminal of a verb: `out` and `err` print control characters escaped (`printing.ts`). */
export interface Terminal extends Streams {
  /** A terminal session that the user asked for (a UART, RTT), on stdout as it comes. */
  raw(text: string): void;
  /** A line on stderr that the next one overwrites. */
  redraw(line: string): void;
}

/** What a verb answers: the object for `--json`, the lines for people, and the exit code. */
export interface Answer {
  readonly result: { readonly [key: string]: Json };
  readonly text: readonly string[];
  readonly exit: number;
  /** Given exactly where `exit` is not 0: the verb did its work, and the answer is no. */
  readonly error?: ErrorReport;
  /** `virtual` when the times are a twin's. */
  readonly clock?: "virtual" | "wall";
}

/** The envelope around every `--json` output (docs/cli.md, Results and words). */
export function envelope(command: string, version: string, answer: Answer): string {
  const { exit, clock, error, result } = answer;
  return JSON.stringify({
    ...head(command, version),
    ok: exit === 0,
    ...(clock === undefined ? {} : { clock }),
    ...(error === undefined ? {} : { error }),
    result,
  });
}

/** The envelope around an error that left no result. */
export const errorEnvelope = (command: string, version: string, error: ErrorReport): string =>
  JSON.stringify({ ...head(command, version), ok: false, error });

const head = (command: string, version: string) => ({ schema: SCHEMA, tool: "flashproof", version, command });

/** Name and version of the JSON contract. */
const SCHEMA = "flashproof/1";
