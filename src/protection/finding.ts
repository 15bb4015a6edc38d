import type { ProtectionAct } from "./effective-image.ts";
import type { FindingAdvice } from "./finding-acts.ts";

/** How bad a finding is: `brick` no tool can undo, `lock` a mass erase undoes, `warn` likely a mistake, `info`. */
export type Severity = "brick" | "lock" | "warn" | "info";

/** One thing that an image would do to a chip and that its maker may not have meant. */
export interface Finding {
  /** The stable name of this kind of finding, part of the `--json` contract; those of security fields are the family's. */
  readonly id: string;
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
  /** The consent that programming it needs, where its severity alone does not say that. */
  readonly asks?: ProtectionAct;
}

/** Severities from the worst down. */
export const SEVERITIES: readonly Severity[] = ["brick", "lock", "warn", "info"];

/** Whether a severity is as bad as another, or worse. */
export const atLeast = (severity: Severity, limit: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(limit);
