import { causeChain, FlashproofError, type Json } from "../base/errors.ts";
import { ACTS, type ActEntry, type Advice, type AdviceAct, filled, isAct } from "./advice-acts.ts";
import { advise } from "./advise.ts";
import { ADVICE, type CodeAdvice } from "./advice.ts";
import type { AnyErrorCode } from "./codes.ts";

/** An error as it is printed: what failed and where, why, and what to do. */
export interface Report {
  readonly code: string;
  /** The error's own sentence. */
  readonly what: string;
  /** What its code means, then the sentences of the errors beneath it; none twice. */
  readonly because: readonly string[];
  /** The likeliest cure first; those of the outermost error, which has drawn a conclusion, before the others. */
  readonly advice: readonly Advice[];
}

/** Most lines of advice that are worth reading. */
const MOST_ADVICE = 4;

/** Says what an error means; anything that is not a Flashproof error is reported as a bug, with code `internal`. */
export function report(error: unknown): Report {
  const chain = causeChain(error);
  const known = chain.filter((e) => e instanceof FlashproofError);
  const what = chain[0]?.message ?? String(error);
  const sentences = known.flatMap(sentenceOf);
  const because = unique([...sentences.slice(0, 1), ...chain.slice(1).map((e) => e.message)], (line) => line);
  const advice = unique(known.flatMap(adviceOf), JSON.stringify);
  return {
    code: known[0]?.code ?? "internal",
    what,
    because: because.filter((line) => line !== what),
    advice: known.length > 0 ? advice.slice(0, MOST_ADVICE) : [advise("report-bug")],
  };
}

const codeAdvice = (error: FlashproofError): CodeAdvice => ADVICE[error.code as AnyErrorCode] ?? { advice: [] };

/** What a code means with the error's details filled in; nothing where it asks for one that the error does not have. */
function sentenceOf(error: FlashproofError): readonly string[] {
  const { sentence } = codeAdvice(error);
  if (sentence === undefined) return [];
  const names = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return names.some((name) => error.details[name] === undefined) ? [] : [filled(sentence, error.details)];
}

function adviceOf(error: FlashproofError): readonly Advice[] {
  const { actIn, advice } = codeAdvice(error);
  const named = actIn === undefined ? undefined : error.details[actIn];
  const acts = isAct(named) ? [named, ...advice] : advice;
  return acts.flatMap((act) => withDetails(act, error.details));
}

/** An act with the details that it takes, or nothing where the error lacks one. */
function withDetails(act: AdviceAct, details: { readonly [name: string]: Json }): readonly Advice[] {
  const { arguments: names = [] }: ActEntry = ACTS[act];
  if (names.some((name) => details[name] === undefined)) return [];
  return [{ act, arguments: Object.fromEntries(names.map((name) => [name, details[name]])) }];
}

/** The items whose keys did not come before. */
function unique<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const keys = new Set<string>();
  return items.filter((item) => !keys.has(keyOf(item)) && keys.add(keyOf(item)));
}
