import { FlashproofError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import { type FlashPlan, planFlash } from "../../flash/plan/plan.ts";
import { checkConsents } from "../../flash/run.ts";
import { Stopwatch } from "../../flash/stopwatch.ts";
import { checkJob, type PlannedJob, planOnChip } from "../../session/flash-job.ts";
import { permitsOf, policyOf } from "../options/consents.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { EXIT } from "../exit-codes.ts";
import { noteFindings } from "../note-findings.ts";
import { readImagesForChip } from "../image-files.ts";
import type { Answer } from "../output.ts";
import { writePlanFile } from "../plan-file.ts";
import { planLines, planResult } from "../../report/plan-report.ts";
import { refusal } from "../../report/error-report.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Target, withTarget } from "../target.ts";
import { type Invocation, note, noteHints } from "../verb.ts";

type PlanInvocation = Invocation<OptionsOf<"plan">>;

/** `plan FILE[@ADDR]...`: what a flash would do; against the chip when a probe is named. A refused plan exits 5. */
export async function plan(invocation: PlanInvocation): Promise<Answer> {
  const { image, chip, banks } = readImagesForChip(invocation);
  const { keep, probe, erase } = invocation.options;
  checkJob({ image, keep, banks, erase }, chip);
  const job = { image, policy: policyOf(invocation), keepRest: true, keep, banks, erase };
  if (probe === undefined) return answer(unseenPlan(job, chip, invocation), invocation);
  const look = async ({ session, open }: Target): Promise<Answer> => {
    const made = await planOnChip(session, job, new Stopwatch(open.clock), { signal: invocation.signal });
    return { ...answer(made, invocation), clock: open.clockKind };
  };
  return withTarget(invocation, look, { connect: "attach" });
}

/** What a flash of a chip would do of which nothing is known: every sector counts as unlike the image. */
function unseenPlan(job: PlannedJob, chip: Chip, invocation: PlanInvocation): FlashPlan {
  if (job.keep?.length) note(invocation, "without a probe the bytes of --keep are not known: the plan is without them");
  if (invocation.options.out !== undefined)
    note(invocation, "the plan is made without a probe, so flash --plan will not run it: name one with --probe");
  return planFlash({ ...job, chip, keepRest: true });
}

function answer(made: FlashPlan, invocation: PlanInvocation): Answer {
  const { out } = invocation.options;
  if (out !== undefined) writePlanFile(out, made, invocation);
  noteFindings(invocation, made.findings);
  const refused = refusalOf(made, invocation);
  const result = { ...planResult(made, inCliWords), refused: refused !== undefined };
  if (!refused) return { result, text: planLines(made), exit: EXIT.ok };
  const { error } = refusal(refused, inCliWords);
  noteHints(invocation, error.hints);
  return { result, text: planLines(made), exit: EXIT.protected, error };
}

/** What a flash with the same options would be refused with. */
function refusalOf(made: FlashPlan, invocation: PlanInvocation): FlashproofError | undefined {
  try {
    checkConsents(made, permitsOf(invocation));
    return undefined;
  } catch (error) {
    if (error instanceof FlashproofError) return error;
    throw error;
  }
}
