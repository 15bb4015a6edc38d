import type { ACTS, Advice, AdviceAct, ArgumentsOf } from "./advice-acts.ts";

// Apart from the sentences, which only who spells advice needs.

/** An act with its arguments; leaving one out does not compile. */
export const advise = <Act extends AdviceAct>(act: Act, ...given: ArgumentsGiven<Act>): Advice<Act> => ({
  act,
  arguments: given[0] ?? {},
});

type ArgumentsGiven<Act extends AdviceAct> = (typeof ACTS)[Act] extends { readonly arguments: readonly string[] }
  ? [ArgumentsOf<Act>]
  : [];
