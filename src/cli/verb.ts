import { printableLine } from "../base/printable.ts";
import type { TraceSink } from "../base/trace.ts";
import type { Chip } from "../chips/chip.ts";
import type { Answer, Terminal } from "./output.ts";
import type { OptionSet, ValuesOf } from "./options/declaration.ts";
import type { EveryOption } from "./options/sets.ts";

/** What a verb gets to work with; `Values` are those of its own options. */
export interface Invocation<Values = unknown> {
  readonly terminal: Terminal;
  /** Positional arguments. */
  readonly args: readonly string[];
  /** The options' values by their names; from flags, environment, files. */
  readonly options: Values & EveryOption;
  readonly signal: AbortSignal;
  /** The chip of `--chip` out of `--pack`, where one was given. */
  readonly packChip?: Chip;
  /** Where probes and sessions write trace records; absent where no trace was asked for. */
  readonly trace?: TraceSink;
  /**
   * Reads a file that was named, `-` is stdin; throws what `readWhole` throws. A pipe gives its bytes once, so what was
   * read is kept for the next request for the same name.
   */
  readonly readFile: (path: string) => Uint8Array;
}

/** The code of a verb. */
export type Run<Values> = (invocation: Invocation<Values>) => Promise<Answer>;

/** One verb: everything that parsing, help, completion and the docs page need, and the code that does it. */
export interface VerbEntry<Options extends OptionSet> {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Positional arguments as commander spells them: `<file...>`. */
  readonly args?: string;
  readonly help: string;
  readonly options: Options;
  /** Command lines that are worth showing, as one types them. */
  readonly examples?: readonly string[];
  /** Loads the code on demand, so that starting stays fast. */
  readonly load: () => Promise<Run<ValuesOf<Options>>>;
}

/** A verb whose options are not known to the compiler, as the table of all verbs has it. */
export interface Verb extends Omit<VerbEntry<OptionSet>, "load"> {
  /** Answers code that runs with the values of exactly this entry's `options`. */
  readonly load: () => Promise<Run<never>>;
}

/** An entry of the table: its code takes the values of its options, or does not compile. */
export const verb = <Options extends OptionSet>(entry: VerbEntry<Options>): Verb => entry;

/** Says on stderr what to do about an answer that is no. */
export function noteHints(invocation: Invocation, hints: readonly string[]): void {
  for (const hint of hints) note(invocation, `hint: ${hint}`);
}

/** Says on stderr what is going to be lost; nothing silences it. */
export const warn = (invocation: Invocation, text: string): void => invocation.terminal.err(`warning: ${text}\n`);

/** Says something on stderr that is no result; `--quiet` silences it. */
export function note(invocation: Invocation, text: string): void {
  if (!invocation.options.quiet) invocation.terminal.err(`${printableLine(text)}\n`);
}
