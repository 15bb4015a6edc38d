import type { Evidence } from "./evidence.ts";

/** Names of causes; they are part of the `--json` contract. */
export type CauseId =
  | "declared-change"
  | "loader-kept-open"
  | "programmed-over-FE"
  | "over-programmed"
  | "blank"
  | "shifted"
  | "byte-swapped"
  | "stuck-bits"
  | "protected-region"
  | "locked-chip"
  | "stale-image"
  | "cut-while-programming"
  | "unknown";

/** How well a cause fits. */
export type Likelihood = "certain" | "likely" | "possible" | "unlikely";

/** One explanation of a difference, with what speaks for it, what against it, and what would decide. */
export interface Cause {
  readonly id: CauseId;
  readonly likelihood: Likelihood;
  /** What happened, in one sentence. */
  readonly what: string;
  readonly for: readonly string[];
  readonly against: readonly string[];
  /** The experiment that separates this cause from the others. */
  readonly test: string;
  readonly remedy: readonly string[];
}

/** Looks at the evidence for one cause. */
export type Suspicion = (evidence: Evidence) => Cause | undefined;

/** Likelihoods from the best fit down. */
export const LIKELIHOODS: readonly Likelihood[] = ["certain", "likely", "possible", "unlikely"];

/** Causes with the best fit first; those that fit alike keep their order. */
export const ranked = <C extends Pick<Cause, "likelihood">>(causes: readonly C[]): readonly C[] =>
  [...causes].sort((a, b) => LIKELIHOODS.indexOf(a.likelihood) - LIKELIHOODS.indexOf(b.likelihood));
