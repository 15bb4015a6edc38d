/**
 * What an argument is: `address` is hex with an optional zone, `hex` and `hex64` are hex by default, `decimal` is
 * decimal by default, `choice` is one of some words, `file` and `text` are a word, `rest` is all that is left of the line.
 */
export type ArgumentKind = "address" | "hex" | "hex64" | "decimal" | "choice" | "file" | "text" | "rest";

/** One argument of a command, in the order of typing. */
export interface ArgumentSpec {
  /** As J-Link Commander's own messages spell it, without the angle brackets: `SAddr`. */
  readonly name: string;
  readonly kind: ArgumentKind;
  /** `true`: may be left out. `with-previous`: has to be there exactly when the argument before it is. */
  readonly optional?: boolean | "with-previous";
  /** The words of a `choice`, compared without regard to case. */
  readonly choices?: readonly string[];
}

/** What has to be connected before a command can do anything; Commander connects on demand. */
export type Needs = "none" | "probe" | "target";

/** How well what a command prints is known: from public logs, J-Link's manual, tools that look for it, or not. */
export type Source = "log" | "manual" | "tools" | "unsure";

/** A command as data: dispatch, the `?` page, argument errors, completion and the documentation derive from it. */
export interface CommandSpec {
  /** First the name as messages spell it (`SetPC`), then the short forms; compared without regard to case. */
  readonly names: readonly [string, ...string[]];
  readonly args: readonly ArgumentSpec[];
  /** One phrase for the `?` page. */
  readonly help: string;
  readonly needs: Needs;
  /** What it prints, in a phrase or by J-Link's own line, and how well that is known. */
  readonly prints: string;
  readonly source: Source;
  /** A call as one types it. */
  readonly example: string;
  /** J-Link's own `Syntax:` text, where it is known and differs from what follows from `args`. */
  readonly syntax?: string;
}

/** A command that J-Link Commander has and that can't work here, and why. */
export interface ImpossibleCommand {
  readonly names: readonly [string, ...string[]];
  readonly why: string;
}

/** One group of the `?` page. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly CommandSpec[];
}

/** The command that a word names, or undefined. */
export function findCommand<C extends Pick<CommandSpec, "names">>(commands: readonly C[], name: string): C | undefined {
  const wanted = name.toLowerCase();
  return commands.find(({ names }) => names.some((each) => each.toLowerCase() === wanted));
}

/** How a command is called: `SetPC <addr>`, `g [<NumSteps> [<Flags>]]`. */
export const syntaxOf = (command: CommandSpec): string =>
  command.syntax ?? [command.names[0], argumentsSyntax(command.args)].filter((part) => part !== "").join(" ");

function argumentsSyntax(args: readonly ArgumentSpec[]): string {
  const required = args.filter(({ optional }) => !optional).map(bracketed);
  const optional = args.filter((arg) => arg.optional).map(bracketed);
  const nested = optional.reduceRight((inner, arg) => (inner === "" ? `[${arg}]` : `[${arg} ${inner}]`), "");
  return [required.join(", "), nested].filter((part) => part !== "").join(" ");
}

const bracketed = ({ name, choices }: ArgumentSpec) => `<${choices?.join(" | ") ?? name}>`;

/** The `?` page: every command with its short forms and its phrase, by group. */
export const helpLines = (groups: readonly CommandGroup[]): readonly string[] =>
  groups.flatMap(({ title, commands }) => [`--- ${title} ---`, ...commands.map(helpLine), ""]);

function helpLine(command: CommandSpec): string {
  const [, ...short] = command.names;
  const also = short.length === 0 ? "" : ` (${short.join(", ")})`;
  return `${syntaxOf(command)}${also}`.padEnd(44) + ` ${command.help}`;
}
