import { type Given, type Kind, listed, readGiven } from "./kind.ts";
import { SWITCH } from "./kinds.ts";

/**
 * What an option does, and so who may set it:
 *
 * - `setting`: how the work is done. Flag, environment variable, the project's file, the user's file.
 * - `consent`: agrees to a loss. A flag, and nothing else.
 * - `selection`: selects that something is erased or written, or what. A flag, and nothing else.
 * - `request`: asks for something on this one call, and would surprise on every other. A flag, and nothing else.
 */
export type Role = "setting" | "consent" | "selection" | "request";

/** What every declaration says. */
export interface About {
  readonly role: Role;
  /** What it does, as the end of a line of help; choices and the default are added from the kind. */
  readonly help: string;
  /** The letter of its short flag: `o` for `-o`. */
  readonly short?: string;
}

/** One option: everything that flag, variable, key of a file, help, pages and the verb's parameter follow from. */
export interface Declaration<T> extends About {
  readonly kind: Kind<unknown>;
  readonly form: "switch" | "count" | "one" | "many";
  /** The value where it is not given, as one types it. */
  readonly standard?: string;
  /** The verb's value from what was given, none or more. Throws `usage` or `config-invalid`. */
  readonly valueOf: (given: readonly Given[]) => T;
}

/** The options of a verb by their names: `dryRun` is `--dry-run`, `FLASHPROOF_DRY_RUN` and `dry-run`. */
export interface OptionSet {
  readonly [name: string]: Declaration<unknown>;
}

/** What a verb gets for its set of options: a value for each, by its name. */
export type ValuesOf<Options extends OptionSet> = {
  readonly [Name in keyof Options]: Options[Name] extends Declaration<infer Value> ? Value : never;
};

/** An option that may be given once; `undefined` where it is not. */
export const one = <V>(kind: Kind<V>, about: About): Declaration<V | undefined> => ({
  ...about,
  kind,
  form: "one",
  valueOf: (given) => lastOf(kind, given),
});

/** An option that may be given once; where it is not, `standard` counts. */
export const oneOr = <V>(kind: Kind<V>, standard: string, about: About): Declaration<V> => ({
  ...about,
  kind,
  form: "one",
  standard,
  valueOf: (given) => lastOf(kind, given) ?? readGiven(kind, { text: standard, source: DEFAULT }),
});

/** An option that may be given again and again; an empty list where it is not given. */
export const many = <V>(kind: Kind<V>, about: About): Declaration<readonly V[]> => ({
  ...about,
  kind,
  form: "many",
  valueOf: (given) => given.map((each) => readGiven(kind, each)),
});

/** A switch: on where it is given on the command line, on or off by a word elsewhere. */
export const onOff = (about: About): Declaration<boolean> => ({
  ...about,
  kind: SWITCH,
  form: "switch",
  valueOf: (given) => lastOf(SWITCH, given) ?? false,
});

/** A switch that counts how often it is given: `-vv` is 2. */
export const counted = (kind: Kind<number>, about: About): Declaration<number> => ({
  ...about,
  kind,
  form: "count",
  valueOf: (given) => given.reduce((sum, each) => sum + readGiven(kind, each), 0),
});

const lastOf = <V>(kind: Kind<V>, given: readonly Given[]): V | undefined => {
  const last = given.at(-1);
  return last === undefined ? undefined : readGiven(kind, last);
};

const DEFAULT = { name: "the default", code: "usage", isFlag: true } as const;

/** `dry-run` for `dryRun`: the key in a settings file, and the flag without its dashes. */
export const keyOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `FLASHPROOF_DRY_RUN` for `dryRun`. */
export const variableOf = (name: string): string => `FLASHPROOF_${keyOf(name).toUpperCase().replaceAll("-", "_")}`;

/** The flags as help shows them: `-o, --output <file>`, `--jlink [port]`, `--halt`. */
export function flagsOf(name: string, { kind, form, short }: Declaration<unknown>): string {
  const value =
    form === "switch" || form === "count" ? "" : kind.bare === undefined ? ` <${kind.word}>` : ` [${kind.word}]`;
  return `${short === undefined ? "" : `-${short}, `}--${keyOf(name)}${value}`;
}

/** The line of help: what it does, its choices, its default. */
export function helpOf({ help, kind, standard }: Declaration<unknown>): string {
  const choices = kind.choices === undefined ? "" : `: ${listed(kind.choices)}`;
  return `${help}${choices}${standard === undefined ? "" : ` (${standard} unless given)`}`;
}

/** Whether environment and files may set it. */
export const isSetting = ({ role }: Declaration<unknown>): boolean => role === "setting";

/** Why an option is a flag and nothing else, as the end of a sentence; undefined for a setting. */
const FLAG_ONLY: { readonly [R in Role]: string | undefined } = {
  setting: undefined,
  consent: "is a consent",
  selection: "selects what is erased or written",
  request: "asks for something on one call",
};

/** Why a variable or a key can't set an option, and what to do instead. */
export const flagOnlyText = (where: string, name: string, { role }: Declaration<unknown>): string =>
  `${where} can't be set there: --${keyOf(name)} ${FLAG_ONLY[role]}, so it is a flag on the command line and nothing else`;
