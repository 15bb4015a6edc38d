import type { Json } from "../base/errors.ts";
import type { Cause } from "../doctor/cause.ts";
import { address32, byte8 } from "../base/u32.ts";
import type { Explanation } from "../doctor/differences.ts";
import type { FieldDifference } from "../doctor/field-differences.ts";

/** An explanation as `--json` prints it. */
export const causesJson = ({ summary, fields, causes, places }: Explanation): Json => ({
  summary,
  places: places.map(({ address, ...place }) => ({ address: address32(address), ...place })),
  fields: fields.map(fieldJson),
  causes: causes.map(({ id, likelihood, what, for: pro, against, test, remedy }) => ({
    id,
    likelihood,
    what,
    for: pro,
    against,
    test,
    remedy,
  })),
});

const fieldJson = ({ name, address, image, chip, parts }: FieldDifference): Json => ({
  name,
  address: address32(address),
  image: byte8(image),
  chip: chip === undefined ? null : byte8(chip),
  parts,
});

/** Places that are printed; the JSON has them all. */
const PLACES_SHOWN = 8;

/** An explanation in lines: the best cause in full, the others with what speaks against them. */
export function causeLines(explanation: Explanation): readonly string[] {
  const named = explanation.places.filter((place) => place.section !== undefined || place.symbol !== undefined);
  const places = named.slice(0, PLACES_SHOWN).map((place) => `  ${place.text}, ${place.length} bytes`);
  return [explanation.summary, ...places, ...explanation.causes.flatMap(linesOf)];
}

const linesOf = (cause: Cause): readonly string[] => [
  `${cause.likelihood}: ${cause.what} [${cause.id}]`,
  ...cause.for.map((line) => `  for:     ${line}`),
  ...cause.against.map((line) => `  against: ${line}`),
  `  test: ${cause.test}`,
  ...cause.remedy.map((line) => `  do:      ${line}`),
];
