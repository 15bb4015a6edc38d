import type { Json } from "../base/errors.ts";

/** What the outside world is to a verb: where results and words go, and what the host knows. */
export interface Terminal {
  /** The result, and nothing else. */
  out(text: string): void;
  /** Progress, warnings, advice. */
  err(text: string): void;
  readonly errIsTerminal: boolean;
  readonly inIsTerminal: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
}

/** What a verb answers: the object for `--json`, the lines for people, and the exit code. */
export interface Answer {
  readonly result: { readonly [key: string]: Json };
  readonly text: readonly string[];
  readonly exit: number;
  /** `virtual` when the times are a twin's. */
  readonly clock?: "virtual" | "wall";
}

/** The envelope around every `--json` output (formats.md, Output). */
export function envelope(command: string, version: string, answer: Answer): string {
  const clock = answer.clock === undefined ? {} : { clock: answer.clock };
  return JSON.stringify({
    schema: SCHEMA,
    tool: "flashproof",
    version,
    command,
    ok: answer.exit === 0,
    ...clock,
    result: answer.result,
  });
}

/** The envelope around an error. */
export function errorEnvelope(
  command: string,
  version: string,
  error: { code: string; message: string; hints: readonly string[]; details?: Json },
): string {
  return JSON.stringify({ schema: SCHEMA, tool: "flashproof", version, command, ok: false, error });
}

/** Name and version of the JSON contract. */
const SCHEMA = "flashproof/1";
