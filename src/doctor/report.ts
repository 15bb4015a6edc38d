import { causeChain, FlashproofError, type Json } from "../base/errors.ts";
import { ADVICE, type Advice } from "./advice.ts";
import type { AnyErrorCode } from "./codes.ts";

/** An error as it is printed: what failed and where, why, and what to do. */
export interface Report {
  readonly code: string;
  /** The error's own sentence. */
  readonly what: string;
  /** What its code means, then the sentences of the errors beneath it; none twice. */
  readonly because: readonly string[];
  /** The likeliest cure first; those of the outermost error, which has drawn a conclusion, before the others. */
  readonly hints: readonly string[];
}

/** Most hints that anybody reads. */
const MOST_HINTS = 4;

/** Says what an error means; anything that is not a Flashproof error is reported as a bug, with code `internal`. */
export function report(error: unknown): Report {
  const chain = causeChain(error);
  const known = chain.filter((e) => e instanceof FlashproofError);
  const what = chain[0]?.message ?? String(error);
  const sentences = known.flatMap((e) => fill(adviceOf(e).sentence, e.details));
  const because = unique([...sentences.slice(0, 1), ...chain.slice(1).map((e) => e.message)]);
  const hints = known.flatMap((e) => adviceOf(e).hints.flatMap((hint) => fill(hint, e.details)));
  return {
    code: known[0]?.code ?? "internal",
    what,
    because: because.filter((line) => line !== what),
    hints: known.length > 0 ? unique(hints).slice(0, MOST_HINTS) : [INTERNAL],
  };
}

const INTERNAL = "This is a bug in Flashproof: please report it with the output of -vv.";

const adviceOf = (error: FlashproofError): Advice => ADVICE[error.code as AnyErrorCode] ?? { hints: [] };

/** A text with the error's details filled in, or nothing where it asks for one that the error does not have. */
function fill(text: string | undefined, details: { readonly [key: string]: Json }): readonly string[] {
  if (text === undefined) return [];
  const names = [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  if (names.some((name) => details[name] === undefined)) return [];
  return [text.replaceAll(/\{(\w+)\}/g, (_, name: string) => textOf(details[name]))];
}

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

const unique = (lines: readonly string[]): readonly string[] => [...new Set(lines)];
