import { Option } from "commander";
import { type Settings, setting } from "./settings.ts";
import type { Invocation, OptionSpec, Verb } from "../verb.ts";

/** Options that every verb has. */
export const EVERYWHERE: readonly OptionSpec[] = [
  { flags: "--json", help: "one JSON object on stdout" },
  { flags: "--events <form>", help: "ndjson: progress as JSON lines on stderr" },
  { flags: "-v, --verbose", help: "after an error: every error beneath it, with its details, and the last packets" },
  { flags: "-q, --quiet", help: "results and errors only" },
];

/** A verb's own options and those of all. */
export const everyOption = (verb: Verb): readonly OptionSpec[] => [...verb.options, ...EVERYWHERE];

/** An option as commander wants it; a repeatable one gathers its values. */
export function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.help);
  if (!spec.repeatable) return option;
  return option.argParser((value, before: readonly string[] | undefined) => [...(before ?? []), value]);
}

/** The environment variable of an option, or undefined for a consent, which has none. */
export const variableOf = (spec: OptionSpec): string | undefined =>
  spec.consent ? undefined : `FLASHPROOF_${new Option(spec.flags).name().toUpperCase().replaceAll("-", "_")}`;

/** Fills options that were not given as flags from environment and files; consents are flags only. */
export function withSettings(
  verb: Verb,
  given: Invocation["options"],
  env: NodeJS.ProcessEnv,
  settings: Settings,
): Invocation["options"] {
  const filled: Record<string, Invocation["options"][string]> = { ...given };
  for (const spec of everyOption(verb)) {
    const option = new Option(spec.flags);
    const name = option.attributeName();
    if (spec.consent || filled[name] !== undefined) continue;
    const value = setting(option.name(), undefined, env, settings);
    if (value === undefined) continue;
    filled[name] = option.isBoolean() ? value !== "0" && value !== "false" : spec.repeatable ? [value] : value;
  }
  return filled;
}
