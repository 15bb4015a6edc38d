import type { Json } from "../base/errors.ts";
import type { Spell } from "../doctor/advice-acts.ts";
import type { Cause, CauseEvidence } from "../doctor/cause.ts";
import { address32, byte8 } from "../base/u32.ts";
import type { Explanation } from "../doctor/differences.ts";
import type { FieldDifference } from "../doctor/field-differences.ts";

/** An explanation as `--json` prints it: what to do in the host's words, and as data. */
export const causesJson = ({ summary, fields, causes, places }: Explanation, spell: Spell): Json => ({
  summary,
  places: places.map(({ address, ...place }) => ({ address: address32(address), ...place })),
  fields: fields.map(fieldJson),
  causes: causes.map(({ id, likelihood, what, for: pro, against, test, remedy }) => ({
    id,
    likelihood,
    what,
    for: pro.map(textOf),
    against: against.map(textOf),
    test: spell(test),
    remedy: remedy.map(spell),
    advice: remedy.map((each) => ({ ...each })),
  })),
});

const textOf = ({ text }: CauseEvidence): string => text;

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
export function causeLines(explanation: Explanation, spell: Spell): readonly string[] {
  const named = explanation.places.filter((place) => place.section !== undefined || place.symbol !== undefined);
  const places = named.slice(0, PLACES_SHOWN).map((place) => `  ${place.text}, ${place.length} bytes`);
  return [explanation.summary, ...places, ...explanation.causes.flatMap((cause) => linesOf(cause, spell))];
}

const linesOf = (cause: Cause, spell: Spell): readonly string[] => [
  `${cause.likelihood}: ${cause.what} [${cause.id}]`,
  ...cause.for.map(({ text }) => `  for:     ${text}`),
  ...cause.against.map(({ text }) => `  against: ${text}`),
  `  test:    ${spell(cause.test)}`,
  ...cause.remedy.map((each) => `  do:      ${spell(each)}`),
];
