import { FlashproofError, HostError } from "../../base/errors.ts";

/** Where a value came from, for the error about it. */
export interface Source {
  /** `--for`, `FLASHPROOF_FOR`, or `for in flashproof.toml` with its path. */
  readonly name: string;
  readonly code: "usage" | "config-invalid";
  readonly isFlag: boolean;
  /** The settings file. */
  readonly path?: string;
}

/** One value as it was given; `true` is a flag without one. */
export interface Given {
  readonly text: string | true;
  readonly source: Source;
}

/** Types that a TOML file may use for a value, besides a text in quotes. */
export type TomlType = "number" | "boolean";

/** What an option's value is: how it is read, and how it is described. */
export interface Kind<V> {
  /** The word in the brackets of help: `range` for `--keep <range>`. */
  readonly word: string;
  /** What it takes, as the end of a sentence: `a whole number of milliseconds from 0 to 86400000`. */
  readonly takes: string;
  /** The value of a text; undefined where the text is none. May throw a `HostError` that says more. */
  readonly read: (text: string) => V | undefined;
  /** All that it takes, where it takes a few words only. */
  readonly choices?: readonly string[];
  readonly toml?: TomlType;
  /** The value of a flag that is given without one. */
  readonly bare?: V;
  /** Names a file that is written; `-` is stdout there, which takes bytes, or text among the result's. */
  readonly writes?: "bytes" | "text";
  /** The text with each path in it put through `place`; absent where a value holds no path. */
  readonly withPaths?: (text: string, place: (path: string) => string) => string;
}

/** Reads one given value. Throws `usage` or `config-invalid` with its source, and what a flag's kind throws itself. */
export function readGiven<V>(kind: Kind<V>, { text, source }: Given): V {
  if (text === true) {
    if (kind.bare !== undefined) return kind.bare;
    throw refused(source, `${source.name} takes ${kind.takes}`);
  }
  const value = tryRead(kind, text, source);
  if (value === undefined) throw refused(source, `${source.name} takes ${kind.takes}, not ${shown(text)}`);
  return value;
}

/** A kind's own error says more than ours where it has a code of its own; a file or variable is named before it. */
function tryRead<V>(kind: Kind<V>, text: string, source: Source): V | undefined {
  try {
    return kind.read(text);
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    if (error.code === "usage") return undefined;
    if (source.isFlag) throw error;
    throw refused(source, `${source.name}: ${error.message}`, error);
  }
}

/** The error about a value or key of this source. */
export const refused = ({ code, path }: Source, message: string, cause?: unknown): HostError =>
  new HostError(code, message, { ...(path === undefined ? {} : { details: { path } }), cause });

/** The most characters of a wrong value that an error repeats. */
const SHOWN = 60;

/** A wrong value in quotes, cut where it is long; control characters are escaped. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);

/** Words as an enumeration: `a, b or c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
