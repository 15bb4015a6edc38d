import { touchedSectors } from "../../flash/content.ts";
import { type FlashPlan, planFlash } from "../../flash/plan.ts";
import { missingPermit } from "../../flash/permit.ts";
import { contentOf } from "../../session/flash-job.ts";
import { permitsOf, policyOption } from "../consents.ts";
import { EXIT } from "../exit-codes.ts";
import { checkOnChip, readImages } from "../image-files.ts";
import type { Answer } from "../output.ts";
import { planLines, planResult } from "../plan-report.ts";
import { chipNeeded, withTarget } from "../target.ts";
import { type Invocation, textOption } from "../verb.ts";

/** `plan FILE[@ADDR]...`: what a flash would do; against the chip when a probe is named. A refused plan exits 5. */
export async function plan(invocation: Invocation): Promise<Answer> {
  const chip = chipNeeded(invocation);
  const image = readImages(invocation);
  checkOnChip(image, chip);
  const request = { chip, image, policy: policyOption(invocation), keepRest: true };
  if (textOption(invocation, "probe") === undefined) return answer(planFlash(request), invocation);
  return withTarget(invocation, async ({ session, open }) => {
    const content = await contentOf(session, touchedSectors(image, chip.flash), undefined, {
      signal: invocation.signal,
    });
    return { ...answer(planFlash({ ...request, content }), invocation), clock: open.clockKind };
  });
}

function answer(made: FlashPlan, invocation: Invocation): Answer {
  const refused = missingPermit(made.needs, permitsOf(invocation)) !== undefined;
  return { result: { ...planResult(made), refused }, text: planLines(made), exit: refused ? EXIT.protected : EXIT.ok };
}
