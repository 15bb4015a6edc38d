import { FlashproofError } from "../../base/errors.ts";
import { type FlashPlan, planFlash } from "../../flash/plan.ts";
import { checkConsents } from "../../flash/run.ts";
import { Stopwatch } from "../../flash/stopwatch.ts";
import { planOnChip } from "../../session/flash-job.ts";
import { permitsOf, policyOption } from "../options/consents.ts";
import { EXIT } from "../exit-codes.ts";
import { checkOnChip, readImages } from "../image-files.ts";
import { keepRanges } from "../options/keep-options.ts";
import type { Answer } from "../output.ts";
import { writePlanFile } from "../plan-file.ts";
import { planLines, planResult } from "../../report/plan-report.ts";
import { refusal } from "../../report/error-report.ts";
import { chipNeeded, type Target, withTarget } from "../target.ts";
import { type Invocation, noteHints, textOption } from "../verb.ts";

/** `plan FILE[@ADDR]...`: what a flash would do; against the chip when a probe is named. A refused plan exits 5. */
export async function plan(invocation: Invocation): Promise<Answer> {
  const chip = chipNeeded(invocation);
  const image = readImages(invocation);
  checkOnChip(image, chip);
  const job = { image, policy: policyOption(invocation), permits: [], keepRest: true, keep: keepRanges(invocation) };
  if (textOption(invocation, "probe") === undefined) return answer(planFlash({ ...job, chip }), invocation);
  const look = async ({ session, open }: Target): Promise<Answer> => {
    const made = await planOnChip(session, job, new Stopwatch(open.clock), { signal: invocation.signal });
    return { ...answer(made, invocation), clock: open.clockKind };
  };
  return withTarget(invocation, look, { connect: "attach" });
}

function answer(made: FlashPlan, invocation: Invocation): Answer {
  const out = textOption(invocation, "out");
  if (out !== undefined) writePlanFile(out, made, invocation);
  const refused = refusalOf(made, invocation);
  const result = { ...planResult(made), refused: refused !== undefined };
  if (!refused) return { result, text: planLines(made), exit: EXIT.ok };
  const { error } = refusal(refused);
  noteHints(invocation, error.hints);
  return { result, text: planLines(made), exit: EXIT.protected, error };
}

/** What a flash with the same options would be refused with. */
function refusalOf(made: FlashPlan, invocation: Invocation): FlashproofError | undefined {
  try {
    checkConsents(made.needs, permitsOf(invocation));
    return undefined;
  } catch (error) {
    if (error instanceof FlashproofError) return error;
    throw error;
  }
}
