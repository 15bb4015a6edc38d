import type { FileFindingId } from "../image/image.ts";
import type { FindingAdvice } from "./finding-acts.ts";

/** How bad a finding is: `brick` no tool can undo, `lock` a mass erase undoes, `warn` likely a mistake, `info`. */
export type Severity = "brick" | "lock" | "warn" | "info";

/** One thing that an image would do to a chip and that its maker may not have meant. */
export interface Finding {
  /** The stable name of this kind of finding. */
  readonly id: FindingId;
  /** How bad it is. */
  readonly severity: Severity;
  /** The address that it is about. */
  readonly address: number;
  /** What stands there, in one sentence. */
  readonly what: string;
  /** Why that matters. */
  readonly why: string;
  /** What to do about it. */
  readonly remedy: FindingAdvice;
}

/** Names of findings; they are part of the `--json` contract. */
export type FindingId =
  | "fsec-locks-for-ever"
  | "fsec-locks-backdoor-only"
  | "fsec-locks"
  | "fsec-neighbour"
  | "field-zero-filled"
  | "field-erased"
  | "field-gap"
  | "field-partial"
  | "fopt-zero"
  | "fprot-protects"
  | "fprot-protects-all"
  | "vectors-blank"
  | "vectors-stack"
  | "vectors-not-thumb"
  | "vectors-outside-flash"
  | "vectors-no-code"
  | "uf2-family"
  | FileFindingId;

/** Severities from the worst down. */
export const SEVERITIES: readonly Severity[] = ["brick", "lock", "warn", "info"];

/** Whether a severity is as bad as another, or worse. */
export const atLeast = (severity: Severity, limit: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(limit);
