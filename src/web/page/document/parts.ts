import type { PlannedSector, ShownDifference } from "../../protocol.ts";
import type { FieldValue } from "../field-value.ts";
import type { ProfileRow } from "./flame.tsx";
import { isThing } from "./things.tsx";

// What of a result has a picture of its own, by the shape that docs/schema gives it.

type Result = { readonly [key: string]: FieldValue };

const isList = (value: FieldValue | undefined): value is readonly FieldValue[] => Array.isArray(value);

/** The time of a job by its phases. */
export function phasesIn({ phases, totalMs }: Result) {
  if (!isThing(phases) || typeof totalMs !== "number") return undefined;
  const numbers = Object.entries(phases).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return { phases: Object.fromEntries(numbers), totalMs };
}

/** A profile's functions. */
export function profileIn({ functions, samples }: Result) {
  if (!isList(functions) || typeof samples !== "number") return undefined;
  const rows = functions.filter(isThing).filter(({ percent }) => typeof percent === "number");
  return { rows: rows as unknown as readonly ProfileRow[], total: samples };
}

const ACTIONS: readonly FieldValue[] = ["unchanged", "program", "erase", "erase-program"];

/** The sectors of a plan, whose lengths a result does not have. */
export function sectorsIn({ sectors }: Result) {
  if (!isList(sectors)) return undefined;
  const own = sectors.filter(isThing).filter(({ action }) => ACTIONS.includes(action));
  if (own.length === 0) return undefined;
  return own.map(({ address, action }) => ({ address: Number(address), action: action as PlannedSector["action"] }));
}

/** Where chip and image differ: of a comparison, or of the one after a flash. */
export function differencesIn({ verify, differences }: Result): readonly ShownDifference[] | undefined {
  const found = isThing(verify) ? verify.differences : differences;
  if (!isList(found) || found.length === 0) return undefined;
  return found.filter(isThing).map(({ address, expected, actual }) => ({
    address: Number(address),
    expected: bytesOf(expected),
    actual: bytesOf(actual),
  }));
}

/** `0x7BFF` as bytes; none for null, which is unreadable memory. */
function bytesOf(text: FieldValue): Uint8Array {
  const digits = typeof text === "string" ? text.slice(2).match(/../g) : null;
  return Uint8Array.from(digits ?? [], (byte) => Number.parseInt(byte, 16));
}

/** A result without what is shown as a picture or a table of its own. */
export function withoutPictured(result: Result): Result {
  const pictured = [
    ...(phasesIn(result) ? ["phases"] : []),
    ...(profileIn(result) ? ["functions"] : []),
    ...(differencesIn(result) ? ["differences"] : []),
  ];
  return Object.fromEntries(Object.entries(result).filter(([name]) => !pictured.includes(name)));
}
