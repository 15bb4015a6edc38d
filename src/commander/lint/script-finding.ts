import { atLeast, type Severity } from "../../protection/finding.ts";

/** One thing about a script that its author may not have meant. */
export interface ScriptFinding {
  /** From 1; 0 where it is about the whole script. */
  readonly line: number;
  readonly severity: Severity;
  /** What is the matter, in one sentence. */
  readonly what: string;
  /** The way out. */
  readonly remedy: string;
}

/** A script's findings as lines: `flash.jlink:3: warn: ...`, and what to do. */
export const findingLines = (path: string, findings: readonly ScriptFinding[]): readonly string[] =>
  findings.flatMap(({ line, severity, what, remedy }) => [
    `${path}${line > 0 ? `:${line}` : ""}: ${severity}: ${what}`,
    `  do:  ${remedy}`,
  ]);

/** Whether any finding is as bad as the limit, or worse; without a limit none is. */
export const failsLint = (findings: readonly ScriptFinding[], limit: Severity | undefined): boolean =>
  limit !== undefined && findings.some(({ severity }) => atLeast(severity, limit));
