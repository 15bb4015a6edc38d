import type { Json } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import { atLeast, type Finding } from "../protection/finding.ts";
import { type Invocation, note } from "./verb.ts";

/** A finding as `--json` prints it. */
export const findingJson = ({ id, severity, address, what, why, remedy }: Finding): Json => ({
  id,
  severity,
  address: address32(address),
  what,
  why,
  remedy,
});

/** A finding in lines for people. */
export const findingLines = (f: Finding): readonly string[] => [
  `${f.severity}: ${f.what} [${f.id}]`,
  `  why: ${f.why}`,
  `  do:  ${f.remedy}`,
];

/** Says on stderr what an image's maker may not have meant. What locks is a need of the plan, and said as that. */
export function noteFindings(invocation: Invocation, findings: readonly Finding[]): void {
  for (const { severity, what, id } of findings) {
    if (!atLeast(severity, "lock")) note(invocation, `${severity}: ${what} [${id}]`);
  }
}
