import { invalidPack } from "./pack-error.ts";

/** A value of a YAML or TOML file: a text, a number, a list or a table of such values. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainTable;

/** Values by their keys. */
export interface PlainTable {
  readonly [key: string]: PlainValue;
}

/** A table of a file, and the words for it in errors: `chip_detection of the family`. */
export interface Place {
  readonly table: PlainTable;
  readonly what: string;
}

/** Whether a value is a table. */
export const isTable = (value: PlainValue | undefined): value is PlainTable =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value as a place that fields are read from; throws `pack-invalid` where it is no table. */
export function placeOf(value: PlainValue | undefined, what: string): Place {
  if (isTable(value)) return { table: value, what };
  throw invalidPack("field", `${what} is no table`);
}

/** The text of a field; throws `pack-invalid` where it is none. */
export function textIn({ table, what }: Place, key: string): string {
  const value = table[key];
  if (typeof value === "string") return value;
  throw invalidPack("field", `${what}: ${key} is no text`, { field: key });
}

/** The number of a field, whole and not negative; undefined where it is absent, `pack-invalid` where it is something else. */
export function maybeNumber({ table, what }: Place, key: string): number | undefined {
  const value = table[key] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalidPack("field", `${what}: ${key} is no whole number`, { field: key });
}

/** The same of a field that has to be there. */
export function numberIn(place: Place, key: string): number {
  const value = maybeNumber(place, key);
  if (value === undefined) throw invalidPack("field", `${place.what} has no ${key}`, { field: key });
  return value;
}

/** The list of a field, empty where it is absent. */
export function listIn({ table, what }: Place, key: string): readonly PlainValue[] {
  const value = table[key] ?? [];
  if (Array.isArray(value)) return value as readonly PlainValue[];
  throw invalidPack("field", `${what}: ${key} is no list`, { field: key });
}
