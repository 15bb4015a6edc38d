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
  /** What the script can't do without: a file that can be read, a device that is known. */
  readonly lacks?: "file" | "device";
}

/** A script's findings as lines: `flash.jlink:3: warn: ...`, and what to do. */
export const findingLines = (path: string, findings: readonly ScriptFinding[]): readonly string[] =>
  findings.flatMap(({ line, severity, what, remedy }) => [
    `${path}${line > 0 ? `:${line}` : ""}: ${severity}: ${what}`,
    `  do:  ${remedy}`,
  ]);

/** How a lint ends: a file or a device is lacking, a finding is as bad as the limit or worse, or neither. */
export type LintVerdict = "ok" | "failed" | "device" | "file";

/** Verdicts from the one that counts most down: a lacking file hides what is in it, a lacking device what it does. */
const VERDICTS: readonly LintVerdict[] = ["file", "device", "failed", "ok"];

/** The verdict about findings; without a limit none counts. */
export function lintVerdict(findings: readonly ScriptFinding[], limit: Severity | undefined): LintVerdict {
  if (limit === undefined) return "ok";
  if (findings.some(({ lacks }) => lacks === "file")) return "file";
  if (findings.some(({ lacks }) => lacks === "device")) return "device";
  return findings.some(({ severity }) => atLeast(severity, limit)) ? "failed" : "ok";
}

/** Of several scripts' verdicts, the one that counts most. */
export const worstVerdict = (verdicts: readonly LintVerdict[]): LintVerdict =>
  VERDICTS.find((each) => verdicts.includes(each)) ?? "ok";
