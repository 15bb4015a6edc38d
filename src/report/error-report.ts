import { causeChain, FlashproofError, type Json } from "../base/errors.ts";
import type { Advice, Spell } from "../doctor/advice-acts.ts";
import { report } from "../doctor/report.ts";

/** Why an answer is no success, as `--json` prints it: the code and its sentence, and what to do. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  /** What to do, in the host's words. */
  readonly hints: readonly string[];
  /** What to do, as data, in the order of the hints; a hint that belongs to no act has none. */
  readonly advice: readonly Advice[];
  /** Addresses, counts and names that belong to the code. */
  readonly details?: { readonly [key: string]: Json };
}

/** An error as `--json` prints it; `spell` gives the hints in the words of the host. */
export function errorReport(error: unknown, spell: Spell): ErrorReport {
  const { code, what, advice } = report(error);
  const details = error instanceof FlashproofError ? error.details : {};
  return {
    code,
    message: what,
    hints: advice.map(spell),
    advice,
    ...(Object.keys(details).length > 0 ? { details } : {}),
  };
}

/** An answer that is no: `verify` found a difference, `plan` was refused. The same code as an error would have. */
export const refusal = (error: FlashproofError, spell: Spell): { readonly error: ErrorReport } => ({
  error: errorReport(error, spell),
});

/**
 * An error in lines for people; with `verbose` each error beneath it, with its class, code and details, then the last
 * packets of the probe, which the host has recorded.
 */
export function errorLines(
  error: unknown,
  spell: Spell,
  verbose: boolean,
  packets: readonly string[] = [],
): readonly string[] {
  const { what, because, advice } = report(error);
  return [
    `error: ${what}`,
    ...because.map((line) => `because: ${line}`),
    ...advice.map((each) => `hint: ${spell(each)}`),
    ...(verbose ? [...causeChain(error).flatMap(beneath), ...packets.map((packet) => `packet: ${packet}`)] : []),
  ];
}

function beneath(error: Error): readonly string[] {
  if (!(error instanceof FlashproofError))
    return (error.stack ?? String(error)).split("\n").map((line) => `cause: ${line}`);
  return [`cause: ${error.name} ${error.code}: ${error.message}${detailsText(error.details)}`];
}

const detailsText = (details: { readonly [key: string]: Json }): string =>
  Object.keys(details).length === 0 ? "" : ` ${JSON.stringify(details)}`;
