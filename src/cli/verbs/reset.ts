import type { Answer } from "../output.ts";
import { withTarget } from "../target.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";

/** `reset [--halt]`: a system reset; says when the chip came up locked. */
export function reset(invocation: Invocation<OptionsOf<"reset">>): Promise<Answer> {
  const then = invocation.options.halt ? "halt" : "run";
  return withTarget(invocation, async ({ session, open }) => {
    const lock = await session.reset("system", then, { signal: invocation.signal });
    const locked = lock?.locked === true;
    const text = locked
      ? ["reset done; the chip is locked now"]
      : [`reset done; the core ${then === "halt" ? "is halted" : "runs"}`];
    return { result: { after: then, locked }, text, exit: 0, clock: open.clockKind };
  });
}
