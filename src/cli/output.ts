import type { Json } from "../base/errors.ts";
import type { ErrorReport } from "../report/error-report.ts";

/** What the outside world is to a verb: where results and words go, and what the host knows. */
export interface Terminal {
  /** The result, and nothing else. */
  out(text: string): void;
  /** The bytes of a file that the user wants on stdout (`-o -`); absent where stdout takes text only. */
  outBytes?(bytes: Uint8Array): void;
  /** Progress, warnings, advice. */
  err(text: string): void;
  /** Waits until all of it has gone to the system; answers why something of stdout hasn't. */
  finish?(): Promise<Error | undefined>;
  readonly errIsTerminal: boolean;
  /** Results and words end up before the same eyes; nothing has to be said on both. */
  readonly outIsTerminal?: boolean;
  readonly inIsTerminal: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  /** Calls the work off, as Ctrl-C does. */
  readonly signal?: AbortSignal;
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
