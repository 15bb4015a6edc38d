import type { Advice } from "./advice-acts.ts";
import type { CauseAct } from "./cause-acts.ts";
import type { Evidence, History } from "./evidence.ts";

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

/** One thing that speaks for or against a cause. */
export interface CauseEvidence {
  readonly text: string;
  /** What of the history it follows from, so that the source of that can be quoted. */
  readonly from?: keyof History;
}

/** What a cause advises. */
export type CauseAdvice = Advice<CauseAct>;

/** One explanation of a difference, with what speaks for it, what against it, and what would decide. */
export interface Cause {
  readonly id: CauseId;
  readonly likelihood: Likelihood;
  /** What happened, in one sentence. */
  readonly what: string;
  readonly for: readonly CauseEvidence[];
  readonly against: readonly CauseEvidence[];
  /** The experiment that separates this cause from the others. */
  readonly test: CauseAdvice;
  /** What to do, the best first. */
  readonly remedy: readonly CauseAdvice[];
}

/** Looks at the evidence for one cause. */
export type Suspicion = (evidence: Evidence) => Cause | undefined;

/** Likelihoods from the best fit down. */
export const LIKELIHOODS: readonly Likelihood[] = ["certain", "likely", "possible", "unlikely"];

/** Causes with the best fit first; those that fit alike keep their order. */
export const ranked = <C extends Pick<Cause, "likelihood">>(causes: readonly C[]): readonly C[] =>
  [...causes].sort((a, b) => LIKELIHOODS.indexOf(a.likelihood) - LIKELIHOODS.indexOf(b.likelihood));
