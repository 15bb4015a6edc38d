import type { Json } from "../../base/errors.ts";
import { planFlash } from "../../entry/library.ts";
import { missingPermit, permitsOfConsents } from "../../flash/permit.ts";
import type { FlashPlan } from "../../flash/plan/plan.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { planLines, planResult } from "../../report/plan-report.ts";
import type { JobOptions, Planned } from "../protocol.ts";
import { givenChip } from "./given-chip.ts";
import { givenWholeImage } from "./given-image.ts";

/** Plans a job on a chip whose content is not known. Throws `ImageError`, `chip-unknown` and `chip-mismatch`. */
export async function plan({ file, chip: name, security }: JobOptions): Promise<Planned> {
  const chip = await givenChip(name);
  const { image, guesses } = await givenWholeImage(file, chip);
  return plannedAnswer(planFlash(image, { chip: name, security }), security, guesses);
}

/** A plan as the page shows it. */
export const plannedAnswer = (
  planned: FlashPlan,
  security: JobOptions["security"],
  guesses: readonly string[],
): Planned => ({
  digest: planned.digest,
  sectors: planned.sectors.map(({ address, content, action }) => ({ address, length: content.length, action })),
  guesses,
  missing: missingConsents(planned, security),
  lines: planLines(planned),
  json: planResult(planned, inCliWords) as Json,
});

/** The consents without which a job would be refused. */
const missingConsents = ({ needs }: FlashPlan, security: JobOptions["security"]): Planned["missing"] =>
  needs
    .filter((need) => missingPermit([need], permitsOfConsents({ security })))
    .map(({ why, token }) => ({ why, ...(token === undefined ? {} : { token }) }));
