import { printableLine } from "../base/printable.ts";
import type { Answer, Terminal } from "./output.ts";
import type { Settings } from "./options/settings.ts";

/** One option of a verb, as commander spells it: `--chip <name>`. */
export interface OptionSpec {
  readonly flags: string;
  readonly help: string;
  /** May be given more than once; the values arrive as a list. */
  readonly repeatable?: true;
  /** A consent: taken from the command line only, never from environment or file. */
  readonly consent?: true;
}

/** What a verb gets to work with. */
export interface Invocation {
  readonly terminal: Terminal;
  /** Positional arguments. */
  readonly args: readonly string[];
  /** Options by long name in camel case; set from flags, environment, files. */
  readonly options: { readonly [name: string]: string | boolean | readonly string[] | undefined };
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/** One verb: everything that parsing, help, completion and the docs page need, and the code that does it. */
export interface Verb {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Positional arguments as commander spells them: `<file...>`. */
  readonly args?: string;
  readonly help: string;
  readonly options: readonly OptionSpec[];
  /** Command lines that are worth showing, as one types them. */
  readonly examples?: readonly string[];
  /** Loads the code on demand, so that starting stays fast. */
  readonly load: () => Promise<(invocation: Invocation) => Promise<Answer>>;
}

/** A text option, or undefined where it was not given. */
export function textOption(invocation: Invocation, name: string): string | undefined {
  const value = invocation.options[name];
  return typeof value === "string" ? value : undefined;
}

/** Whether a switch was given. */
export const flagOption = (invocation: Invocation, name: string): boolean => invocation.options[name] === true;

/** A repeatable option's values; none where it was not given. */
export function listOption(invocation: Invocation, name: string): readonly string[] {
  const value = invocation.options[name];
  return Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
}

/** Says on stderr what to do about an answer that is no. */
export function noteHints(invocation: Invocation, hints: readonly string[]): void {
  for (const hint of hints) note(invocation, `hint: ${hint}`);
}

/** Says something on stderr that is no result; `--quiet` silences it. */
export function note(invocation: Invocation, text: string): void {
  if (!flagOption(invocation, "quiet")) invocation.terminal.err(`${printableLine(text)}\n`);
}
