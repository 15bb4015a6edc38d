import { HostError } from "../../base/errors.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Answer } from "../output.ts";
import type { Invocation } from "../verb.ts";

/** What one action of `pack` does with the names behind it. */
type Act = (invocation: Invocation<OptionsOf<"pack">>, args: readonly string[]) => Promise<Answer>;

/** What `pack` can do, each loaded where it is wanted: a look into the catalogue needs nothing that reads packs. */
const ACTIONS: { readonly [action: string]: () => Promise<Act> } = {
  show: async () => (await import("./show.ts")).showPack,
  check: async () => (await import("./check.ts")).checkPack,
  add: async () => (await import("./stored.ts")).addPacks,
  list: async () => (await import("./stored.ts")).listPacks,
  find: async () => (await import("./find.ts")).findDevices,
  remove: async () => (await import("./stored.ts")).removePacks,
  install: async () => (await import("./install.ts")).installPacks,
  update: async () => (await import("./install.ts")).updatePacks,
};

/** `pack ACTION ...`: CMSIS-Packs, target files of probe-rs, and chips of one's own. Throws `usage` for another action. */
export async function pack(invocation: Invocation<OptionsOf<"pack">>): Promise<Answer> {
  const [action, ...args] = invocation.args;
  const load = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (!load) throw new HostError("usage", `pack knows ${Object.keys(ACTIONS).join(", ")}, not "${action}"`);
  if (invocation.options.sequence !== undefined && action !== "check")
    throw new HostError("usage", `--sequence is for pack check, not for pack ${action}`);
  return (await load())(invocation, args);
}
