import type { FlashReport } from "../../session/flash-job.ts";
import { flashImage } from "../../session/flash-job.ts";
import type { Session } from "../../session/session.ts";
import { permitsOf, policyOption } from "../consents.ts";
import { EXIT } from "../exit-codes.ts";
import { checkOnChip, readImages } from "../image-files.ts";
import type { Answer } from "../output.ts";
import { planLines, planResult } from "../plan-report.ts";
import { progressFor } from "../progress-line.ts";
import { chipNeeded, type Target, withTarget } from "../target.ts";
import { flagOption, type Invocation } from "../verb.ts";
import { verifyJson, verifyLines } from "../verify-report.ts";

/** `flash FILE[@ADDR]...`: plan, do it, verify, reset. */
export async function flash(invocation: Invocation): Promise<Answer> {
  // Files and policy are judged before any probe is touched, so that bad input costs nothing.
  const image = readImages(invocation);
  checkOnChip(image, chipNeeded(invocation));
  const job = { image, policy: policyOption(invocation), permits: permitsOf(invocation), keepRest: true };
  return withTarget(boardFor(invocation), async (target) => {
    const { session } = target;
    const say = (text: string) => {
      if (!flagOption(invocation, "quiet")) invocation.terminal.err(`${text}\n`);
    };
    const onPlan = (plan: FlashReport["plan"]) => {
      for (const change of plan.changes) say(`declared: ${change.why}`);
    };
    const report = await flashImage(
      session,
      { ...job, onPlan, onProgress: progressFor(invocation) },
      { signal: invocation.signal },
    );
    const locked = flagOption(invocation, "halt") ? false : await letRun(session, invocation.signal);
    return answer(report, target, locked);
  });
}

async function letRun(session: Session, signal: AbortSignal): Promise<boolean> {
  return (await session.reset("system", "run", { signal }))?.locked === true;
}

/** With `--dry-run` the board is a fresh twin of the chip, whatever probe is named. */
function boardFor(invocation: Invocation): Invocation {
  if (!flagOption(invocation, "dryRun")) return invocation;
  return { ...invocation, options: { ...invocation.options, probe: `twin:${chipNeeded(invocation).name}` } };
}

function answer(report: FlashReport, { open }: Target, locked: boolean): Answer {
  const { plan, run, verify, phases, totalMs } = report;
  const result = {
    ...planResult(plan),
    programmed: run.bytesProgrammed,
    erased: run.sectorsErased,
    verify: verifyJson(verify),
    phases,
    totalMs,
    locked,
  };
  const lines = [
    ...planLines(plan),
    `${run.bytesProgrammed} bytes programmed, ${run.sectorsErased} erase steps, ${Math.round(totalMs)} ms${open.clockKind === "virtual" ? " (virtual)" : ""}`,
    ...verifyLines(verify),
    ...(locked ? ["the chip is locked now"] : []),
  ];
  return { result, text: lines, exit: verify.verdict === "different" ? EXIT.differs : EXIT.ok, clock: open.clockKind };
}
