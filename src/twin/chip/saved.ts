import type { Json } from "../../base/errors.ts";

/** The state of one part of the chip in a form that JSON keeps. */
export type Saved = { readonly [key: string]: Json };

/** A part of the chip whose state goes into a state file. */
export interface Stateful {
  save(): Saved;
  /** The counterpart of `save`; throws `RangeError` where a field is missing or of another type. */
  restore(saved: Saved): void;
}

/** The number in a field. Throws `RangeError` where there is none. */
export function savedNumber(saved: Saved, key: string): number {
  const value = saved[key];
  if (typeof value !== "number") throw new RangeError(`saved state has no number "${key}"`);
  return value;
}

/** The truth value in a field. Throws `RangeError` where there is none. */
export function savedFlag(saved: Saved, key: string): boolean {
  const value = saved[key];
  if (typeof value !== "boolean") throw new RangeError(`saved state has no flag "${key}"`);
  return value;
}

/** The list of bytes in a field. Throws `RangeError` where there is none. */
export function savedBytes(saved: Saved, key: string): number[] {
  const value = saved[key];
  if (!Array.isArray(value)) throw new RangeError(`saved state has no bytes "${key}"`);
  return value.map((byte) => Number(byte));
}

/** The part in a field. Throws `RangeError` where there is none. */
export function savedPart(saved: Saved, key: string): Saved {
  const value = saved[key];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RangeError(`saved state has no part "${key}"`);
  }
  return value as Saved;
}
