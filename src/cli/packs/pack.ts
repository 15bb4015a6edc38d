import { HostError } from "../../base/errors.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Answer } from "../output.ts";
import type { Invocation } from "../verb.ts";
import { checkPack } from "./check.ts";
import { showPack } from "./show.ts";

/** What `pack` can do. */
const ACTIONS = { show: showPack, check: checkPack } as const satisfies {
  readonly [action: string]: (invocation: Invocation<OptionsOf<"pack">>, args: readonly string[]) => Promise<Answer>;
};

/** `pack ACTION ...`: CMSIS-Packs, target files of probe-rs, and chips of one's own. Throws `usage` for another action. */
export async function pack(invocation: Invocation<OptionsOf<"pack">>): Promise<Answer> {
  const [action, ...args] = invocation.args;
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action as keyof typeof ACTIONS] : undefined;
  if (!run) throw new HostError("usage", `pack knows ${Object.keys(ACTIONS).join(", ")}, not "${action}"`);
  return run(invocation, args);
}
