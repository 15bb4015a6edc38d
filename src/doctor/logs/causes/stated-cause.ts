import { LIKELIHOODS, type Likelihood } from "../../cause.ts";
import type { FactKind } from "../forms/line-form.ts";
import type { LogFact } from "../reading/log-facts.ts";
import type { LogReading } from "../reading/log-reading.ts";
import { type LogCause, type LogCauseId, type LogEvidence, type LogSuspicion, quoted, statedBy } from "./log-cause.ts";

/** Text that stays the same, or depends on the log. */
type Words<T> = T | ((reading: LogReading, facts: readonly LogFact[]) => T);

/** A cause that a tool states in so many words. */
export interface StatedCause {
  readonly id: LogCauseId;
  /** Any of these lines makes it a cause. */
  readonly facts: readonly FactKind[];
  /** `certain` only where the line itself says that this is the cause. */
  readonly likelihood: Likelihood;
  readonly what: Words<string>;
  /** Lines that speak against it, and what they say. */
  readonly against?: readonly (readonly [fact: FactKind, text: string])[];
  /** Lines of which one has to be there, too: without them it does no harm. */
  readonly with?: readonly FactKind[];
  /** Lines that explain it away: with one of them it is a consequence, no cause. */
  readonly not?: readonly FactKind[];
  readonly test: Words<string>;
  readonly remedy: Words<readonly string[]>;
}

/** The suspicion for a cause that a tool states. */
export const suspicionOf =
  (stated: StatedCause): LogSuspicion =>
  (reading) =>
    look(stated, reading);

function look(stated: StatedCause, reading: LogReading): LogCause | undefined {
  const facts = reading.all(...stated.facts);
  if (facts.length === 0 || reading.all(...(stated.not ?? [])).length > 0) return undefined;
  if (stated.with && reading.all(...stated.with).length === 0) return undefined;
  const { id, likelihood, what, test, remedy, against = [] } = stated;
  const inWords = <T>(words: Words<T>): T =>
    typeof words === "function" ? (words as (r: LogReading, f: readonly LogFact[]) => T)(reading, facts) : words;
  const contrary = against.flatMap(([kind, text]) =>
    reading
      .all(kind)
      .slice(0, 1)
      .map((fact) => quoted(text, fact)),
  );
  return overcome(
    {
      id,
      likelihood,
      what: inWords(what),
      for: statedBy(facts),
      against: contrary,
      test: inWords(test),
      remedy: inWords(remedy),
    },
    facts,
    reading,
  );
}

/** Facts with which a tool says that it did what it was asked for. */
export const SUCCESSES: readonly FactKind[] = ["done", "verify-ok", "programmed", "success", "flash-match", "erased"];

/** A cause after which the log continues, and well: less likely to be what the log's owner asks about. */
export function overcome(cause: LogCause, facts: readonly LogFact[], reading: LogReading): LogCause {
  const last = facts[facts.length - 1];
  const later = reading.last(...SUCCESSES);
  if (!last || !later || later.sequence < last.sequence || later.values.bytes === "0") return cause;
  const evidence: LogEvidence = quoted("Later the tool says that it succeeded.", later);
  return { ...cause, likelihood: less(cause.likelihood), against: [...cause.against, evidence] };
}

const less = (likelihood: Likelihood): Likelihood =>
  LIKELIHOODS[Math.min(LIKELIHOODS.indexOf(likelihood) + 1, LIKELIHOODS.length - 2)];
