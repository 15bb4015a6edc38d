import { address32 } from "../base/u32.ts";
import { familyOf } from "../families/list.ts";
import { lockingFields } from "../protection/chip-fields.ts";
import { advise } from "./advise.ts";
import { type Cause, ranked } from "./cause.ts";
import { addressesOf, type DifferenceInput, type Evidence, evidenceOf } from "./evidence.ts";
import { type FieldDifference, fieldDifferences } from "./field-differences.ts";
import { MEMORY_SUSPICIONS } from "./memory-causes.ts";
import { type Place, placesOf } from "./places.ts";

/** Why a chip holds something else than the image. */
export interface Explanation {
  /** One line: how much differs, where, and a field that can close the chip in words if it is part of it. */
  readonly summary: string;
  /** The best fit first; never empty where something differs. */
  readonly causes: readonly Cause[];
  /** The bytes of security fields that differ. */
  readonly fields: readonly FieldDifference[];
  /** Where the differences lie, in the names of the image's ELF file if it is one; the first ones only. */
  readonly places: readonly Place[];
}

/**
 * Explains what a verify found. Pure.
 *
 * A differing field that can close the chip is explained on its own; the pattern of all other bytes then names the rest.
 * Such a field is not spoken of unless it differs.
 */
export function explainDifferences(input: DifferenceInput): Explanation {
  const evidence = evidenceOf(input);
  const fields = fieldDifferences(input.differences, input.chip);
  const places = placesOf(input.differences, input.image.symbols);
  if (evidence.bytes.length === 0)
    return { summary: "The chip holds what the image says.", causes: [], fields, places };
  const suspicions = familyOf(input.chip)?.causes ?? [];
  const fieldCauses = suspicions.flatMap((suspect) => suspect(evidence) ?? []);
  const rest = fieldCauses.length > 0 ? withoutFields(evidence) : evidence;
  const restCauses = rest.bytes.length > 0 ? memoryCauses(rest) : [];
  const causes = [...ranked(fieldCauses), ...ranked(restCauses)];
  return { summary: summaryOf(evidence, fields, places), causes, fields, places };
}

function memoryCauses(evidence: Evidence): readonly Cause[] {
  const causes = MEMORY_SUSPICIONS.flatMap((suspect) => suspect(evidence) ?? []);
  return causes.length > 0 ? causes : [UNKNOWN];
}

const UNKNOWN: Cause = {
  id: "unknown",
  likelihood: "possible",
  what: "Nothing that Flashproof knows leaves these bytes.",
  for: [],
  against: [],
  test: advise("read-range-twice"),
  remedy: [advise("lower-speed-and-verify"), advise("program-once-more")],
};

function withoutFields(evidence: Evidence): Evidence {
  const explained = new Set(lockingFields(evidence.chip).flatMap(({ field }) => addressesOf(field)));
  const bytes = evidence.bytes.filter(({ address }) => !explained.has(address));
  return { ...evidence, bytes, count: evidence.count - (evidence.bytes.length - bytes.length) };
}

function summaryOf({ count, chip }: Evidence, fields: readonly FieldDifference[], [first]: readonly Place[]): string {
  const locking = lockingFields(chip).map(({ field }) => field.name);
  const important = fields.find(({ name }) => locking.includes(name));
  if (important && count === 1) return `One byte differs, ${address32(important.address)}: ${important.text}.`;
  const many = count === 1 ? "One byte differs," : `${count} bytes differ, the first`;
  return `${many} at ${first.text}${important ? `; among them ${important.text}` : ""}.`;
}
