import { lookAt } from "../../session/look.ts";
import { sightJson, sightLines } from "../../report/sight-report.ts";
import type { Answer } from "../output.ts";
import { type Target, withTarget } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";

/** `info`: everything that can be learned without changing anything; a locked chip is no error. */
export const info = (invocation: Invocation<OptionsOf<"info">>): Promise<Answer> =>
  withTarget(invocation, look, { connect: "attach", whenLocked: "leave", components: true });

async function look({ session, open }: Target): Promise<Answer> {
  const sight = await lookAt(session);
  return { result: sightJson(sight), text: sightLines(sight), exit: 0, clock: open.clockKind };
}
