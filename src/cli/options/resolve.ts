import {
  type Declaration,
  flagOnlyText,
  isSetting,
  keyOf,
  type OptionSet,
  type ValuesOf,
  variableOf,
} from "./declaration.ts";
import type { SettingsFile } from "./settings-files.ts";
import { type Given, refused, type Source } from "./kind.ts";
import { switchWord } from "../../base/switch-words.ts";

/** What stood on the command line, by the options' names; `true` is a flag without a value, once for each time it was given. */
export interface Flags {
  readonly [name: string]: string | boolean | readonly (string | true)[] | undefined;
}

/** Where settings come from, besides the command line. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** The first file that sets an option counts. */
  readonly files: readonly SettingsFile[];
}

/**
 * The values of a set of options: the flag, else the environment variable, else the first file. Throws `usage` for a
 * flag or variable, `config-invalid` for a file, whose value is none; and `usage` for a variable that would set what
 * only a flag may.
 */
export function resolveOptions<Options extends OptionSet>(
  options: Options,
  flags: Flags,
  around: Surroundings,
): ValuesOf<Options> {
  const values = Object.entries(options).map(([name, declaration]): [string, unknown] => {
    const given = fromFlags(name, flags) ?? fromEnvironment(name, declaration, around.env) ?? fromFiles(name, around);
    return [name, declaration.valueOf(given)];
  });
  // Every name of the set is there, with what its own declaration made.
  return Object.fromEntries(values) as ValuesOf<Options>;
}

function fromFlags(name: string, flags: Flags): readonly Given[] | undefined {
  const value = flags[name];
  if (value === undefined || value === false) return undefined;
  const source: Source = { name: `--${keyOf(name)}`, code: "usage", isFlag: true };
  const texts = typeof value === "object" ? value : [value];
  return texts.map((text) => ({ text, source }));
}

/** An empty variable is one that is not set. */
function fromEnvironment(
  name: string,
  declaration: Declaration<unknown>,
  env: NodeJS.ProcessEnv,
): readonly Given[] | undefined {
  const variable = variableOf(name);
  const text = env[variable];
  if (text === undefined || text === "") return undefined;
  const source: Source = { name: variable, code: "usage", isFlag: false };
  if (!isSetting(declaration)) throw refused(source, flagOnlyText(variable, name, declaration));
  return [{ text, source }];
}

const fromFiles = (name: string, { files }: Surroundings): readonly Given[] =>
  files.map(({ given }) => given.get(keyOf(name))).find((values) => values !== undefined) ?? [];

/** Whether a switch of every verb is on, as far as that can be told when options are wrong: for the error itself. */
export function isOn(name: "json" | "verbose", flags: Flags, env: NodeJS.ProcessEnv): boolean {
  const flag = flags[name];
  if (flag !== undefined && flag !== false) return true;
  return switchWord(env[variableOf(name)] ?? "") ?? false;
}
