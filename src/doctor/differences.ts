import { address32 } from "../base/u32.ts";
import { fsecAddress } from "../protection/field.ts";
import { advise } from "./advice-acts.ts";
import { type Cause, ranked } from "./cause.ts";
import { type DifferenceInput, type Evidence, evidenceOf } from "./evidence.ts";
import { type FieldDifference, fieldDifferences } from "./field-differences.ts";
import { FSEC_SUSPICIONS } from "./fsec-causes.ts";
import { MEMORY_SUSPICIONS } from "./memory-causes.ts";
import { type Place, placesOf } from "./places.ts";

/** Why a chip holds something else than the image. */
export interface Explanation {
  /** One line: how much differs, where, and the security byte in words if it is part of it. */
  readonly summary: string;
  /** The best fit first; never empty where something differs. */
  readonly causes: readonly Cause[];
  /** The bytes of the flash configuration field that differ. */
  readonly fields: readonly FieldDifference[];
  /** Where the differences lie, in the names of the image's ELF file if it is one; the first ones only. */
  readonly places: readonly Place[];
}

/**
 * Explains what a verify found. Pure.
 *
 * A differing security byte is explained on its own; the pattern of all other bytes then names the rest. FSEC is not
 * spoken of unless it differs.
 */
export function explainDifferences(input: DifferenceInput): Explanation {
  const evidence = evidenceOf(input);
  const fields = fieldDifferences(input.differences, input.chip);
  const places = placesOf(input.differences, input.image.symbols);
  if (evidence.bytes.length === 0)
    return { summary: "The chip holds what the image says.", causes: [], fields, places };
  const fsecCauses = FSEC_SUSPICIONS.flatMap((suspect) => suspect(evidence) ?? []);
  const rest = fsecCauses.length > 0 ? withoutFsec(evidence) : evidence;
  const restCauses = rest.bytes.length > 0 ? memoryCauses(rest) : [];
  const causes = [...ranked(fsecCauses), ...ranked(restCauses)];
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

function withoutFsec(evidence: Evidence): Evidence {
  const bytes = evidence.bytes.filter(({ address }) => address !== fsecAddress(evidence.chip));
  return { ...evidence, bytes, count: evidence.count - 1 };
}

function summaryOf({ count }: Evidence, fields: readonly FieldDifference[], [first]: readonly Place[]): string {
  const fsec = fields.find(({ name }) => name === "FSEC");
  if (fsec && count === 1) return `One byte differs, ${address32(fsec.address)}: ${fsec.text}.`;
  const many = count === 1 ? "One byte differs," : `${count} bytes differ, the first`;
  return `${many} at ${first.text}${fsec ? `; among them ${fsec.text}` : ""}.`;
}
