import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { type Declaration, flagOnlyText, isSetting, keyOf, type OptionSet } from "./declaration.ts";
import { type Given, readGiven, refused, type Source } from "./kind.ts";
import { nearest } from "../../base/nearest.ts";
import { type PlacePath, placeBeside, placeInside } from "./paths.ts";
import { answerIn, COMMANDER_TABLE, type DeviceAnswer } from "./secured-device.ts";
import { readTable, textsOf } from "./toml.ts";

/** The name of the project's file and of the user's own. */
const SETTINGS_FILE = "flashproof.toml";

/** What one settings file sets, checked. */
export interface SettingsFile {
  /** Values by their keys. */
  readonly given: ReadonlyMap<string, readonly Given[]>;
  /** The one consent that may be stored; never from the project's file. */
  readonly securedDevice?: DeviceAnswer;
}

/** Every option that a key of a settings file may mean, by its key. */
export type Keys = ReadonlyMap<string, readonly Declaration<unknown>[]>;

/** The keys of all these sets. */
export function keysOf(sets: readonly OptionSet[]): Keys {
  const keys = new Map<string, readonly Declaration<unknown>[]>();
  for (const set of sets) {
    for (const [name, declaration] of Object.entries(set)) {
      const before = keys.get(keyOf(name)) ?? [];
      if (!before.includes(declaration)) keys.set(keyOf(name), [...before, declaration]);
    }
  }
  return keys;
}

/** The project's file and the user's own; either may be missing. */
export interface SettingsFiles {
  readonly project: SettingsFile | undefined;
  readonly user: SettingsFile | undefined;
}

/**
 * Reads the project's file, in the folder that the program runs in, and the user's. Throws `config-invalid` with the
 * file's name for what is no settings file, and for every key and value that it can't set.
 */
export function readSettings(folder: string, env: NodeJS.ProcessEnv, keys: Keys): SettingsFiles {
  const userFolder = join(configFolder(env), "flashproof");
  const isOwn = resolve(folder) === resolve(userFolder);
  return {
    project: isOwn ? undefined : readSettingsFile(folder, { keys, place: placeInside(folder), mayAnswer: false }),
    user: readSettingsFile(userFolder, { keys, place: placeBeside(userFolder), mayAnswer: true }),
  };
}

/** Only an absolute XDG_CONFIG_HOME counts (XDG Base Directory Specification): a relative one would be any folder's. */
function configFolder({ XDG_CONFIG_HOME: given, HOME: home }: NodeJS.ProcessEnv): string {
  return given !== undefined && isAbsolute(given) ? given : join(home || homedir(), ".config");
}

/** What a file may do. */
interface Rights {
  readonly keys: Keys;
  readonly place: PlacePath;
  /** Whether `secured-device` may stand there. */
  readonly mayAnswer: boolean;
}

function readSettingsFile(folder: string, rights: Rights): SettingsFile | undefined {
  const path = join(folder, SETTINGS_FILE);
  const table = readTable(path);
  if (!table) return undefined;
  const { [COMMANDER_TABLE]: commander, ...options } = table;
  const answer = answerIn(commander, path, rights.mayAnswer);
  const given = Object.entries(options).map(([key, value]) => [key, givenIn(path, key, value, rights)] as const);
  return { given: new Map(given), ...(answer === undefined ? {} : { securedDevice: answer }) };
}

/** The values of one key, each readable by an option of that name, with its paths in their place. */
function givenIn(path: string, key: string, value: unknown, { keys, place }: Rights): readonly Given[] {
  const source: Source = { name: `${key} in ${path}`, code: "config-invalid", isFlag: false, path };
  const declarations = keys.get(key);
  if (!declarations) throw unknownKey(source, key, keys);
  const [first] = declarations;
  if (!declarations.every(isSetting)) throw refused(source, flagOnlyText(source.name, key, first));
  const form = declarations.every((option) => option.form === "many") ? "many" : "one";
  return textsOf(value, { kind: first.kind, form }, source).map((text) => {
    const placed = first.kind.withPaths?.(text, (inside) => place(inside, source)) ?? text;
    const given = { text: placed, source };
    if (!declarations.some(({ kind }) => canRead(kind, given))) readGiven(first.kind, given);
    return given;
  });
}

function canRead(kind: Declaration<unknown>["kind"], given: Given): boolean {
  try {
    readGiven(kind, given);
    return true;
  } catch {
    return false;
  }
}

function unknownKey(source: Source, key: string, keys: Keys): Error {
  const near = nearest(
    key,
    [...keys]
      .filter(([, all]) => all.every(isSetting))
      .map(([known]) => known)
      .concat(COMMANDER_TABLE),
  );
  return refused(source, `${source.name} is no setting${near === undefined ? "" : `; did you mean ${near}?`}`);
}
