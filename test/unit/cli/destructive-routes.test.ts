import { describe, expect, it } from "vitest";
import { keyOf } from "../../../src/cli/options/declaration.ts";
import { VERBS } from "../../../src/cli/verbs.ts";
import { COMMANDS } from "../../../src/commander/language/command-list.ts";
import { DESTRUCTIVE_ACTS } from "../../../tools/lib/destructive-routes.mjs";

const routes = DESTRUCTIVE_ACTS.flatMap(({ act, routes: of }) => of.map((route) => ({ act, ...route })));

describe("a route to a destructive act", () => {
  it.each(routes.filter(({ verb }) => verb))("names a verb and its options: $act by $verb", ({ verb, flags = [] }) => {
    const found = VERBS.find(({ name }) => name === verb);
    const options = Object.keys(found?.options ?? {}).map((name) => `--${keyOf(name)}`);
    expect(found).toBeDefined();
    for (const flag of flags) expect(options).toContain(flag);
  });

  it.each(routes.filter(({ commands }) => commands))("names commands of the Commander: $act by $commands", (route) => {
    const names: readonly string[] = COMMANDS.flatMap((command) => [...command.names]);
    for (const command of route.commands ?? []) expect(names).toContain(command);
  });

  it("stands in the table for every consent that a verb has", () => {
    const shown = routes.flatMap(({ verb, flags = [] }) => flags.map((flag) => `${verb ?? "any verb"} ${flag}`));
    const isShown = (consent: string) => shown.includes(consent) || shown.includes(consent.replace(/^\S+/, "any verb"));
    const consents = VERBS.flatMap((verb) =>
      Object.entries(verb.options)
        .filter(([, { role }]) => role === "consent")
        .map(([name]) => `${verb.name} --${keyOf(name)}`),
    );
    const elsewhere = /^(plan|verify) |^pack --accept-license$/; // they only look; a licence is agreed to, and nothing is lost
    expect(consents.filter((each) => !elsewhere.test(each) && !isShown(each))).toEqual([]);
  });

  it("stands in the table for every option of a verb that names a file to write", () => {
    const shown = routes.flatMap(({ verb, flags = [] }) => flags.map((flag) => `${verb} ${flag}`));
    for (const each of ["read --output", "plan --out", "flash --save", "erase --save"]) expect(shown).toContain(each);
  });
});
