import type { ArgumentSpec, CommandSpec } from "./command.ts";
import type { ScriptLine } from "./lexer.ts";
import { parseAddress, parseDecimal, parseHex, parseHex64, type ZonedAddress } from "./numbers.ts";

/** Why a command's arguments can't be taken: one is missing, or the one named `name` can't be read. */
export type ArgumentFault = { readonly kind: "missing" } | { readonly kind: "unreadable"; readonly name: string };

/** What a line gave for a command's arguments, or why it can't be taken. */
export type ParsedArguments =
  | { readonly ok: true; readonly args: Arguments }
  | { readonly ok: false; readonly fault: ArgumentFault };

type Value = string | number | bigint | ZonedAddress;

/** The arguments of one call, by the names of its declaration. Asking for one that isn't declared, or wasn't given, is our own mistake and throws `RangeError`. */
export class Arguments {
  private readonly values: ReadonlyMap<string, Value>;

  constructor(values: ReadonlyMap<string, Value>) {
    this.values = values;
  }

  /** Whether an optional argument was given. */
  has(name: string): boolean {
    return this.values.has(name);
  }

  /** A `hex` or `decimal` argument. */
  number(name: string): number {
    return this.ofType(name, (value) => typeof value === "number");
  }

  /** A `hex64` argument. */
  bigint(name: string): bigint {
    return this.ofType(name, (value) => typeof value === "bigint");
  }

  /** An `address` argument. */
  address(name: string): ZonedAddress {
    return this.ofType(name, (value) => typeof value === "object");
  }

  /** A `text`, `file` or `rest` argument as typed, a `choice` as declared. */
  text(name: string): string {
    return this.ofType(name, (value) => typeof value === "string");
  }

  private ofType<T extends Value>(name: string, is: (value: Value) => boolean): T {
    const value = this.values.get(name);
    if (value === undefined || !is(value)) throw new RangeError(`the command has no such argument: ${name}`);
    return value as T;
  }
}

/**
 * Reads a line's words as a command's arguments. Words left over are ignored, as J-Link Commander does (`;` tails).
 *
 * An optional argument that can't be read is taken as left out when a later `choice` knows the word (`loadfile x.hex
 * noreset`); else it is `unreadable` [L V7: `Error while parsing parameter <EAddr>`].
 */
export function parseArguments(command: CommandSpec, line: ScriptLine): ParsedArguments {
  const values = new Map<string, Value>();
  const words = [...line.args];
  for (const [i, spec] of command.args.entries()) {
    const word = spec.kind === "rest" ? line.rest || undefined : words[0];
    const previous = command.args[i - 1]?.name;
    if (spec.optional === "with-previous" && !values.has(previous ?? "")) continue;
    const value = word === undefined ? undefined : readValue(spec, word);
    if (value !== undefined) {
      values.set(spec.name, value);
      words.shift();
    } else if (spec.optional !== true) return { ok: false, fault: faultOf(spec, word) };
    else if (word !== undefined && !isLaterChoice(command, i, word)) return { ok: false, fault: faultOf(spec, word) };
  }
  return { ok: true, args: new Arguments(values) };
}

const faultOf = (spec: ArgumentSpec, word: string | undefined): ArgumentFault =>
  word === undefined ? { kind: "missing" } : { kind: "unreadable", name: spec.name };

const isLaterChoice = (command: CommandSpec, i: number, word: string) =>
  command.args.slice(i + 1).some((spec) => spec.kind === "choice" && readChoice(spec, word) !== undefined);

function readValue(spec: ArgumentSpec, word: string): Value | undefined {
  switch (spec.kind) {
    case "address":
      return parseAddress(word);
    case "hex":
      return parseHex(word);
    case "hex64":
      return parseHex64(word);
    case "decimal":
      return parseDecimal(word);
    case "choice":
      return readChoice(spec, word);
    case "file":
    case "text":
    case "rest":
      return word === "" ? undefined : word;
  }
}

const readChoice = (spec: ArgumentSpec, word: string) =>
  spec.choices?.find((choice) => choice.toLowerCase() === word.toLowerCase());
