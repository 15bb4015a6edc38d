import { erasedAt } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import type { Image } from "../image/image.ts";
import { readAt } from "../image/image-bytes.ts";
import { irreversibleToken } from "./consent-token.ts";
import type { Need, ProtectionAct } from "./effective-image.ts";
import type { Finding, FindingId } from "./finding.ts";

/** The act that a finding is about, where its severity alone does not say it. */
const ACTS: { readonly [Id in FindingId]?: ProtectionAct } = {
  "fsec-neighbour": "near-lock",
  "fprot-protects-all": "lock-for-ever",
};

/**
 * The needs of findings of severity `brick` and `lock` that `needs` do not cover already: an act that FSEC's own need
 * asks about is not asked about twice.
 */
export function needsOfFindings(
  findings: readonly Finding[],
  needs: readonly Need[],
  image: Image,
  chip: Chip,
): readonly Need[] {
  const more: Need[] = [];
  for (const { id, severity, address, what, why } of findings) {
    if (severity !== "brick" && severity !== "lock") continue;
    const act = ACTS[id] ?? (severity === "brick" ? "lock-for-ever" : "lock");
    if ([...needs, ...more].some((need) => need.act === act)) continue;
    const token = act === "lock" ? {} : { token: irreversibleToken(act, image, chip) };
    const value = readAt(image, address) ?? erasedAt(chip, address);
    more.push({ act, address, value, why: `${what} ${why}`, ...token });
  }
  return more;
}
