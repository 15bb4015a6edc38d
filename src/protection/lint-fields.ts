import { address32 } from "../base/u32.ts";
import type { Combination, FieldFinding, FieldGroup, ProtectionScheme } from "../chips/protection-scheme.ts";
import {
  type ByteReader,
  blankState,
  canEndForEver,
  fieldBytes,
  hasStates,
  keptOpen,
  openValue,
  type PlacedField,
  readField,
  stateOf,
  valueHex,
  valueText,
} from "./field-value.ts";
import type { Finding } from "./finding.ts";
import { todo, todoLink, todoWithValue } from "./finding-acts.ts";
import { hasRegions, protectedRanges, rangesText, regionsState } from "./protected-regions.ts";

/** What lint looks at: a scheme, what stands at its addresses, and the sector that a group in flash shares with code. */
export interface FieldLint {
  readonly scheme: Pick<ProtectionScheme, "groups" | "combinations">;
  readonly read: ByteReader;
  /** The sector of a group, and whether the image names any byte of it; absent where no image is looked at. */
  readonly sectorOf?: (group: FieldGroup) => { readonly start: number; readonly isUsed: boolean } | undefined;
}

/** What the security fields of an image, or of a register, would do to the chip. */
export function lintFields(lint: FieldLint): readonly Finding[] {
  const { groups, combinations } = lint.scheme;
  const found = groups.flatMap((group) => lintGroup(group, lint));
  const together = combinations.flatMap((combination) => lintCombination(combination, lint));
  const replaced = new Set(together.map(({ about }) => about));
  return [
    ...found.filter(({ field }) => field === undefined || !replaced.has(field)).map(({ finding }) => finding),
    ...together.map(({ finding }) => finding),
  ];
}

/** A finding, and the field that it is about alone. */
interface FieldsFinding {
  readonly finding: Finding;
  readonly field?: string;
}

function lintGroup(group: FieldGroup, lint: FieldLint): readonly FieldsFinding[] {
  const placed = group.fields.map((field) => ({ group, field }));
  const locking = placed.flatMap((each) => lintState(each, lint.read, ["refuse"]));
  const neighbours = placed.flatMap((each) => lintNeighbour(each, lint.read));
  const others = placed.flatMap((each) => lintState(each, lint.read, ["warn"]));
  const regions = placed.flatMap((each) => lintRegions(each, lint.read));
  const whole = [...lintFilling(group, lint), ...lintCoverage(group, lint)].map((finding) => ({ finding }));
  return [...locking, ...neighbours, ...whole, ...others, ...regions];
}

function lintState(placed: PlacedField, read: ByteReader, acts: readonly string[]): readonly FieldsFinding[] {
  const found = readField(placed, read);
  if (!found || found.state.act === "ok" || !acts.includes(found.state.act)) return [];
  const { field, value, state } = found;
  const what = `${field.name} at ${address32(field.address)} is ${valueText(field, value)}.`;
  const isForEver = state.act === "refuse" && state.forEver;
  const finding = findingOf(placed, state.finding, what, keptOpen(placed, value));
  return [{ field: field.name, finding: { ...finding, ...(isForEver ? { asks: "lock-for-ever" as const } : {}) } }];
}

function lintNeighbour(placed: PlacedField, read: ByteReader): readonly FieldsFinding[] {
  const found = readField(placed, read);
  const { neighbour } = placed.field;
  if (!found || !neighbour || !canEndForEver(placed, found.value)) return [];
  const { field, value } = found;
  const what = `${field.name} at ${address32(field.address)} is ${valueText(field, value)}, ${neighbour.mark}.`;
  const { id, why, steady } = neighbour;
  const right = valueHex(field, keptOpen(placed, value));
  const remedy = { act: "avoid-locking-neighbour", arguments: { value: right, steady } } as const;
  return [{ finding: { id, severity: "lock", address: field.address, what, why, remedy, asks: "near-lock" } }];
}

function findingOf(placed: PlacedField, spec: FieldFinding, what: string, right: number): Finding {
  const { field } = placed;
  const { id, severity, why, remedy } = spec;
  const advised =
    remedy === "set-erased-byte" || remedy === "set-unprotected"
      ? todo(remedy)
      : todoWithValue(remedy, field.name, valueHex(field, right));
  return { id, severity, address: field.address, what, why, remedy: advised };
}

function lintFilling(group: FieldGroup, { read }: FieldLint): readonly Finding[] {
  const bytes = groupBytes(group, read);
  const filled = group.fillings.find(({ byte }) => bytes.every((each) => each === byte));
  const locking = lockingField(group);
  if (!filled || !locking) return [];
  const { id, what, why } = filled;
  const remedy = todoWithValue("leave-gaps-alone", locking.field.name, valueHex(locking.field, openValue(locking)));
  return [{ id, severity: "warn", address: group.start, what, why, remedy }];
}

/** A sector of which the image says something, but nothing or not all of the fields that its erase leaves blank. */
function lintCoverage(group: FieldGroup, { read, sectorOf }: FieldLint): readonly Finding[] {
  const sector = group.place === "flash" ? sectorOf?.(group) : undefined;
  const bytes = groupBytes(group, read);
  if (!sector?.isUsed || bytes.every((byte) => byte !== undefined)) return [];
  if (bytes.some((byte) => byte !== undefined)) return [partial(group)];
  const locking = lockingField(group);
  if (!locking || blankState(locking)?.debug === "open") return [];
  const open = valueText(locking.field, openValue(locking));
  return [
    {
      id: "field-gap",
      severity: "info",
      address: group.start,
      what: `The image uses the sector at ${address32(sector.start)} but says nothing about the ${group.name}.`,
      why: `Erased, the field would lock the chip, so Flashproof programs ${locking.field.name} ${open} there; some other tools leave it blank.`,
      remedy: todoLink(group.name, group.length).all,
    },
  ];
}

const partial = (group: FieldGroup): Finding => ({
  id: "field-partial",
  severity: "warn",
  address: group.start,
  what: `The image gives only some of the ${group.length} bytes of the ${group.name}.`,
  why: "The others will be as on a shipped chip, which may not fit the ones that are given.",
  remedy: todoLink(group.name, group.length).rest,
});

function lintRegions(placed: PlacedField, read: ByteReader): readonly FieldsFinding[] {
  const { field } = placed;
  const bytes = fieldBytes(placed, read);
  if (!bytes || !hasRegions(field)) return [];
  const state = regionsState(field, bytes);
  if (state === "none") return [];
  const spec = state === "all" ? field.regions.all : field.regions.some;
  const ranges = state === "all" ? "the whole flash" : rangesText(protectedRanges(field, bytes));
  const what = `${field.name} at ${address32(field.address)} protects ${ranges}.`;
  return [{ field: field.name, finding: findingOf(placed, spec, what, 0) }];
}

/** A combination of which every field has one of its states; a field that is not named has its open value. */
function lintCombination(
  combination: Combination,
  { scheme, read }: FieldLint,
): readonly { finding: Finding; about: string }[] {
  const { when, about, what, act } = combination;
  const fields = scheme.groups.flatMap((group) => group.fields.map((field) => ({ group, field })));
  const find = (name: string) => fields.find(({ field }) => field.name === name);
  const isNamed = when.some(({ field }) => {
    const placed = find(field);
    return placed !== undefined && fieldBytes(placed, read) !== undefined;
  });
  const isSo = when.every(({ field, states }) => {
    const placed = find(field);
    return placed !== undefined && states.includes(stateName(placed, read));
  });
  const placed = find(about);
  if (!isNamed || !isSo || !placed) return [];
  const { field } = placed;
  const finding = findingOf(
    placed,
    act.finding,
    `${field.name} at ${address32(field.address)} ${what}`,
    openValue(placed),
  );
  const asks = act.act === "refuse" ? ({ asks: act.forEver ? "lock-for-ever" : "lock" } as const) : {};
  return [{ about, finding: { ...finding, ...asks } }];
}

/** A field's state by its name; of regions `none`, `some` or `all`. */
function stateName(placed: PlacedField, read: ByteReader): string {
  const { group, field } = placed;
  if (hasStates(placed)) return (readField(placed, read)?.state ?? stateOf(field, openValue(placed))).state;
  if (!hasRegions(field)) return "";
  return regionsState(field, fieldBytes(placed, read) ?? new Uint8Array(field.width).fill(group.erased));
}

const groupBytes = (group: FieldGroup, read: ByteReader): readonly (number | undefined)[] =>
  Array.from({ length: group.length }, (_, offset) => read(group.start + offset));

/** The field of a group that can close the chip. */
const lockingField = (group: FieldGroup): PlacedField | undefined =>
  group.fields
    .map((field) => ({ group, field }))
    .find(({ field }) => field.states.some(({ debug }) => debug !== "open"));
