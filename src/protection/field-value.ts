import { byte8, hex8, hex16, hex32 } from "../base/u32.ts";
import type { Bits, FieldGroup, FieldState, ProtectionField, ProtectionScheme } from "../chips/protection-scheme.ts";

/** What stands at an address: of an image, of a chip, of a register's bytes; undefined where that says nothing. */
export type ByteReader = (address: number) => number | undefined;

/** A field with the group that it stands in. */
export interface PlacedField {
  readonly group: FieldGroup;
  readonly field: ProtectionField;
}

/** A field's value, and the state that it means. */
export interface FieldReading extends PlacedField {
  readonly value: number;
  readonly state: FieldState;
}

/** Every field of a scheme, group by group. */
export const placedFields = ({ groups }: Pick<ProtectionScheme, "groups">): readonly PlacedField[] =>
  groups.flatMap((group) => group.fields.map((field) => ({ group, field })));

/** Whether a value means something of its own: whether the field has states. */
export const hasStates = ({ field }: PlacedField): boolean => field.states.length > 0;

/** A field's bytes; those that are not named read as erased. Undefined where none of them is named. */
export function fieldBytes({ group, field }: PlacedField, read: ByteReader): Uint8Array | undefined {
  const bytes = Array.from({ length: field.width }, (_, i) => read(field.address + i));
  if (bytes.every((byte) => byte === undefined)) return undefined;
  return Uint8Array.from(bytes, (byte) => byte ?? group.erased);
}

/** The number that a field's bytes, lowest first, hold in the field's bits. Fields of up to four bytes. */
export function valueIn(field: ProtectionField, bytes: Uint8Array): number {
  const word = bytes.reduce((sum, byte, i) => sum + byte * 2 ** (8 * i), 0);
  return (word & maskOf(field)) >>> shiftOf(field);
}

/** The bytes with another number in the field's bits. */
export function withValue(field: ProtectionField, bytes: Uint8Array, value: number): Uint8Array {
  const mask = maskOf(field);
  const placed = (value << shiftOf(field)) >>> 0;
  return bytes.map((byte, i) => (byte & ~(mask >>> (8 * i))) | ((placed & mask) >>> (8 * i)));
}

/** What a field's bytes mean, or undefined where none of them is named. */
export function readField(placed: PlacedField, read: ByteReader): FieldReading | undefined {
  const bytes = fieldBytes(placed, read);
  if (!bytes || !hasStates(placed)) return undefined;
  const value = valueIn(placed.field, bytes);
  return { ...placed, value, state: complementState(placed, bytes, read) ?? stateOf(placed.field, value) };
}

/** The state of a value; the table's last row takes what no row before it has. */
export function stateOf({ name, states }: ProtectionField, value: number): FieldState {
  const found = states.find(({ when }) => !when || holds(when, value));
  if (!found) throw new RangeError(`No state of ${name} has the value ${value}`);
  return found;
}

/** The state of an erased field: what blank means. */
export const blankState = (placed: PlacedField): FieldState | undefined =>
  readField(placed, () => placed.group.erased)?.state;

/** The value of an open chip, which a tool writes where nothing else is asked. */
export const openValue = ({ group, field }: PlacedField): number =>
  field.open ?? valueIn(field, new Uint8Array(field.width).fill(group.erased));

/** The value that keeps the chip open and, as far as the table knows one, can't be cut short to one that locks for ever. */
export function keptOpen(placed: PlacedField, value: number): number {
  const { field } = placed;
  let open = value;
  for (const { mask, value: bits } of field.opening ?? []) {
    if (stateOf(field, open).debug === "open" && !canEndForEver(placed, open)) break;
    open = ((open & ~mask) | bits) >>> 0;
  }
  return open;
}

/**
 * Whether a power cut while a value is programmed over erased cells can leave one that locks for ever.
 *
 * In flash, bits fall one by one, so every value with more ones is a possible leftover. A value that locks for ever
 * itself has no such neighbour to be warned of. Only where the table says what such a value looks like: of a 32-bit
 * word, of which one value in four billion locks, no cut leaves just that one.
 */
export function canEndForEver({ group, field }: PlacedField, value: number): boolean {
  const falls = group.place === "flash" && group.erased === 0xff && field.neighbour !== undefined;
  if (!falls || isForEver(stateOf(field, value))) return false;
  return leftovers(field, value).some((left) => isForEver(stateOf(field, left)));
}

/** Whether no tool leads out of a state. */
export const isForEver = (state: FieldState): boolean => state.act === "refuse" && state.forEver === true;

/** Every value of a field of up to a byte that has at least the ones of `value`. */
function leftovers(field: ProtectionField, value: number): readonly number[] {
  const all = maskOf(field) >>> shiftOf(field);
  return Array.from({ length: Math.min(all, 0xff) + 1 }, (_, left) => left).filter((left) => (left & value) === value);
}

function complementState({ field }: PlacedField, bytes: Uint8Array, read: ByteReader): FieldState | undefined {
  const { complement } = field;
  if (!complement) return undefined;
  const isWhole = bytes.every((byte, i) => read(complement.address + i) === (~byte & 0xff));
  return isWhole ? undefined : field.states.find(({ state }) => state === complement.broken);
}

/** A value as its width prints it: `0x7B`, `0x0FFF`. */
export function valueHex(field: ProtectionField, value: number): string {
  const all = maskOf(field) >>> shiftOf(field);
  if (all <= 0xff) return byte8(value);
  return `0x${all <= 0xffff ? hex16(value) : hex32(value)}`;
}

/** A value for people, with what it means: `0x7B (secured)`. */
export function valueText(field: ProtectionField, value: number): string {
  const words = field.states.length > 0 ? stateOf(field, value).words : "";
  return words === "" ? valueHex(field, value) : `${valueHex(field, value)} (${words})`;
}

/** Whether some bits of a value are as asked. */
export const holds = ({ mask, value: wanted }: Bits, value: number): boolean => (value & mask) >>> 0 === wanted;

/** The name of one byte of a field, counted from its first: the manual's, or the field's with a number. */
export function byteName({ name, width, regions }: ProtectionField, index: number): string {
  return regions?.bytes?.[index] ?? (width === 1 ? name : `${name} byte ${index}`);
}

/** Bytes in memory order without spaces: `0xFFFFFFFF`. */
export const bytesHex = (bytes: Uint8Array): string => `0x${Array.from(bytes, hex8).join("")}`;

const maskOf = ({ mask, width }: ProtectionField): number => (mask ?? 2 ** (8 * width) - 1) >>> 0;

const shiftOf = (field: ProtectionField): number => {
  const mask = maskOf(field);
  return 31 - Math.clz32(mask & -mask);
};
