import { holds } from "../chips/sectors.ts";
import type { Image } from "../image/image.ts";
import { readAt } from "../image/image-bytes.ts";
import { irreversibleToken } from "./consent-token.ts";
import type { Need, Protected } from "./effective-image.ts";
import type { Finding } from "./finding.ts";

/** What an erased byte of the fields at an address reads as. */
const erasedIn = ({ protection }: Protected, address: number): number =>
  protection?.groups.find((group) => holds(group, address))?.erased ?? 0xff;

/**
 * The needs of findings of severity `brick` and `lock` that `needs` do not cover already: an act that a field's own need
 * asks about is not asked about twice.
 */
export function needsOfFindings(
  findings: readonly Finding[],
  needs: readonly Need[],
  image: Image,
  chip: Protected,
): readonly Need[] {
  const more: Need[] = [];
  for (const { asks, severity, address, what, why } of findings) {
    if (severity !== "brick" && severity !== "lock") continue;
    const act = asks ?? (severity === "brick" ? "lock-for-ever" : "lock");
    if ([...needs, ...more].some((need) => need.act === act)) continue;
    const token = act === "lock" ? {} : { token: irreversibleToken(act, image, chip) };
    more.push({
      act,
      address,
      value: readAt(image, address) ?? erasedIn(chip, address),
      why: `${what} ${why}`,
      ...token,
    });
  }
  return more;
}
