import type { Json } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Finding } from "../protection/finding.ts";

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
