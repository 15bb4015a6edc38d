import { HostError } from "../../base/errors.ts";
import type { FlashPlan } from "../../flash/plan.ts";
import type { VerifyResult } from "../../flash/verify.ts";
import type { FlashJob, FlashReport } from "../../session/flash-job.ts";
import { flashImage } from "../../session/flash-job.ts";
import type { Session } from "../../session/session.ts";
import { permitsOf } from "../options/consents.ts";
import { EXIT } from "../exit-codes.ts";
import { noteFindings } from "../note-findings.ts";
import { readImagesForChip } from "../image-files.ts";
import { saver } from "../options/keep-options.ts";
import type { Answer } from "../output.ts";
import { asPlanned, checkSamePlan, type PlanFile, readPlanFile } from "../plan-file.ts";
import { changeLines, planResult, resumeLines, sectorLines, timeText } from "../../report/plan-report.ts";
import { progressFor } from "../progress-line.ts";
import { chipNeeded, type Target, withTarget } from "../target.ts";
import { type Heard, uartWatch } from "../uart.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Invocation, note } from "../verb.ts";
import { verifyError, verifyJson, verifyLines } from "../../report/verify-report.ts";

type FlashInvocation = Invocation<OptionsOf<"flash">>;

/** `flash FILE[@ADDR]...`: plan, do it, verify, reset. */
export async function flash(asked: FlashInvocation): Promise<Answer> {
  const planned = plannedOf(asked);
  const invocation = planned ? asPlanned(asked, planned) : asked;
  // Files and policy are judged before any probe is touched, so that bad input costs nothing.
  const { image } = readImagesForChip(invocation);
  const job = {
    image,
    policy: invocation.options.security,
    permits: permitsOf(invocation),
    keepRest: true,
    loader: invocation.options.loader,
    ...keepingOf(invocation),
  };
  return withTarget(boardFor(invocation), async (target) => {
    const { session, open } = target;
    const onPlan = (plan: FlashPlan) => {
      if (planned) checkSamePlan(plan, planned);
      for (const line of [...resumeLines(plan), ...changeLines(plan)]) note(invocation, line);
      noteFindings(invocation, plan.findings);
    };
    const onProgress = progressFor(invocation, open.clock);
    const report = await flashImage(session, { ...job, onPlan, onProgress }, { signal: invocation.signal });
    const uart = uartWatch(open, invocation);
    const locked = invocation.options.halt ? false : await letRun(session, invocation.signal);
    return withUart(answer(report, target, locked, invocation), await uart?.watch());
  });
}

/** `--plan FILE`, which stands for files, chip and policy; throws `usage` where files are named beside it, or neither. */
function plannedOf(invocation: FlashInvocation): PlanFile | undefined {
  const path = invocation.options.plan;
  if ((path === undefined) === (invocation.args.length === 0)) {
    throw new HostError("usage", "flash takes files, or --plan with a plan that names them");
  }
  return path === undefined ? undefined : readPlanFile(path);
}

function keepingOf(invocation: FlashInvocation): Pick<FlashJob, "keep" | "onLost"> {
  const onLost = saver(invocation);
  return { keep: invocation.options.keep, ...(onLost ? { onLost } : {}) };
}

const withUart = (said: Answer, heard: Heard | undefined): Answer =>
  heard ? { ...said, result: { ...said.result, uart: heard.text }, text: [...said.text, ...heard.lines] } : said;

async function letRun(session: Session, signal: AbortSignal): Promise<boolean> {
  return (await session.reset("system", "run", { signal }))?.locked === true;
}

/** With `--dry-run` the board is a fresh twin of the chip, whatever probe is named. */
function boardFor(invocation: FlashInvocation): FlashInvocation {
  if (!invocation.options.dryRun) return invocation;
  return { ...invocation, options: { ...invocation.options, probe: `twin:${chipNeeded(invocation).name}` } };
}

function answer(report: FlashReport, { open }: Target, locked: boolean, invocation: FlashInvocation): Answer {
  const { plan, run, phases, totalMs } = report;
  const verify = againstFile(report);
  const { bytesProgrammed: programmed, sectorsErased: erased } = run;
  const result = { ...planResult(plan), programmed, erased, verify: verifyJson(verify), phases, totalMs, locked };
  const lines = [
    ...sectorLines(plan),
    ...(wasSaid(invocation) ? [] : changeLines(plan)),
    `${programmed} bytes programmed in ${timeText(totalMs, open.clockKind)}`,
    ...verifyLines(verify),
    ...(locked ? ["the chip is locked now"] : []),
  ];
  const base = { result, text: lines, clock: open.clockKind } as const;
  return verify.verdict === "different"
    ? { ...base, exit: EXIT.differs, ...verifyError(verify) }
    : { ...base, exit: EXIT.ok };
}

/** The chip was compared with what was programmed; what had been declared stands between that and the file. */
function againstFile({ plan, verify }: FlashReport): VerifyResult {
  const declared = plan.changes;
  return verify.verdict === "equal" && declared.length > 0
    ? { ...verify, verdict: "equal-but-declared", declared }
    : verify;
}

/** Whether the declared changes stand on the same terminal already, said before anything was erased. */
const wasSaid = (invocation: FlashInvocation): boolean =>
  invocation.terminal.errIsTerminal && invocation.terminal.outIsTerminal === true && !invocation.options.quiet;
