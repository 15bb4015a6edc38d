import type { Json } from "../base/errors.ts";
import type { Cause } from "../doctor/cause.ts";
import type { Explanation } from "../doctor/differences.ts";

/** An explanation as `--json` prints it. */
export const causesJson = (explanation: Explanation): Json =>
  JSON.parse(
    JSON.stringify({ summary: explanation.summary, fields: explanation.fields, causes: explanation.causes }),
  ) as Json;

/** An explanation in lines: the best cause in full, the others with what speaks against them. */
export function causeLines(explanation: Explanation): readonly string[] {
  return [explanation.summary, ...explanation.causes.flatMap(linesOf)];
}

const linesOf = (cause: Cause): readonly string[] => [
  `${cause.likelihood}: ${cause.what} [${cause.id}]`,
  ...cause.for.map((line) => `  for:     ${line}`),
  ...cause.against.map((line) => `  against: ${line}`),
  `  to tell: ${cause.test}`,
  ...cause.remedy.map((line) => `  do:      ${line}`),
];
