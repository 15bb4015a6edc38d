import { atLeast, type Finding } from "../protection/finding.ts";
import { type Invocation, note } from "./verb.ts";

/** Prints on stderr what an image's maker may not have meant. What locks is a need of the plan, and printed as that. */
export function noteFindings(invocation: Invocation, findings: readonly Finding[]): void {
  for (const { severity, what, id } of findings) {
    if (!atLeast(severity, "lock")) note(invocation, `${severity}: ${what} [${id}]`);
  }
}
