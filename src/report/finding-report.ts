import type { Json } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Spell } from "../doctor/advice-acts.ts";
import type { Finding } from "../protection/finding.ts";

/** A finding as `--json` prints it: what to do in the host's words, and as data. */
export const findingJson = ({ id, severity, address, what, why, remedy }: Finding, spell: Spell): Json => ({
  id,
  severity,
  address: address32(address),
  what,
  why,
  remedy: spell(remedy),
  advice: [{ ...remedy }],
});

/** A finding in lines for people. */
export const findingLines = (f: Finding, spell: Spell): readonly string[] => [
  `${f.severity}: ${f.what} [${f.id}]`,
  `  why: ${f.why}`,
  `  do:  ${spell(f.remedy)}`,
];
