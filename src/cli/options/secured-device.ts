import { listed, refused, type Source } from "./kind.ts";
import { nearest } from "../../base/nearest.ts";
import { readTable } from "./toml.ts";

/** The answer to J-Link's prompt whether a secured device may be mass-erased. */
export type DeviceAnswer = "unsecure" | "leave";

/** The table of a settings file that is the Commander's. */
export const COMMANDER_TABLE = "commander";

const KEY = "secured-device";
const ANSWERS: readonly DeviceAnswer[] = ["unsecure", "leave"];

/**
 * The answer in a `[commander]` table: the one consent that may be stored, as J-Link stores it, but never in a
 * project's file, which may come with a clone. Throws `config-invalid`.
 */
export function answerIn(table: unknown, path: string, mayAnswer: boolean): DeviceAnswer | undefined {
  if (table === undefined) return undefined;
  const source: Source = { name: `[${COMMANDER_TABLE}] in ${path}`, code: "config-invalid", isFlag: false, path };
  if (typeof table !== "object" || table === null || Array.isArray(table))
    throw refused(source, `${COMMANDER_TABLE} in ${path} is a table`);
  for (const key of Object.keys(table)) {
    if (key === KEY) continue;
    const near = nearest(key, [KEY]);
    throw refused(source, `${key} under ${source.name} is no setting${near ? `; did you mean ${near}?` : ""}`);
  }
  const answer: unknown = (table as { readonly [key: string]: unknown })[KEY];
  if (answer === undefined) return undefined;
  if (!mayAnswer)
    throw refused(
      source,
      `${KEY} in ${path} can't be set there: it is a consent, and counts only in your own settings file and in another file that -SettingsFile names`,
    );
  const found = ANSWERS.find((one) => one === answer);
  if (found === undefined)
    throw refused(source, `${KEY} in ${path} is ${listed(ANSWERS.map((one) => `"${one}"`))}, nothing else`);
  return found;
}

/** The answer in the file of -SettingsFile; its other tables are J-Link's own and have no meaning here. */
export const answerInFile = (path: string, name: string): DeviceAnswer | undefined =>
  answerIn(readTable(path)?.[COMMANDER_TABLE], name, true);
