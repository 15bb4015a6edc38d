import { HostError } from "../../base/errors.ts";
import { describeVerified } from "../../flash/called-off.ts";
import { type FlashPlan, planFlash } from "../../flash/plan/plan.ts";
import { checkConsents } from "../../flash/run.ts";
import { effectiveImage } from "../../protection/effective-image.ts";
import type { FlashJob, FlashReport } from "../../session/flash-job.ts";
import { checkJob, flashImage } from "../../session/flash-job.ts";
import type { Session } from "../../session/session.ts";
import { type NotReset, notResetText } from "../../session/stand-still.ts";
import { permitsOf, policyOf } from "../options/consents.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { EXIT } from "../exit-codes.ts";
import { noteFindings } from "../note-findings.ts";
import { readImagesForChip } from "../image-files.ts";
import { saver } from "../options/keep-options.ts";
import type { Answer } from "../output.ts";
import { asPlanned, checkSamePlan, readPlanFile } from "../plan-file.ts";
import type { PlanFile } from "../plan-file-form.ts";
import {
  changeLines,
  eraseLines,
  massErasedLines,
  planResult,
  resumeLines,
  sectorLines,
  timeText,
} from "../../report/plan-report.ts";
import { progressFor } from "../progress-line.ts";
import { chipNeeded, type Target, withTarget } from "../target.ts";
import { type UartOutput, uartWatch } from "../uart.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Invocation, note } from "../verb.ts";
import { verifyError, verifyJson, verifyLines } from "../../report/verify-report.ts";

type FlashInvocation = Invocation<OptionsOf<"flash">>;

/** `flash FILE[@ADDR]...`: plan, do it, verify, reset. */
export async function flash(asked: FlashInvocation): Promise<Answer> {
  const planned = plannedOf(asked);
  const invocation = planned ? await asPlanned(asked, planned) : asked;
  return invocation.options.dryRun ? dryRun(invocation, planned) : flashOn(invocation, planned);
}

async function flashOn(invocation: FlashInvocation, planned: PlanFile | undefined): Promise<Answer> {
  // Files, policy and consents are judged before any probe is touched, so that bad input costs nothing.
  const job = jobOf(invocation, planned);
  return withTarget(invocation, async (target) => {
    const { session, open } = target;
    const onPlan = (plan: FlashPlan) => {
      if (planned) checkPlanned(plan, planned, job, invocation);
      for (const line of [...resumeLines(plan), ...changeLines(plan), ...eraseLines(plan)]) note(invocation, line);
      noteFindings(invocation, plan.findings);
    };
    const onNotReset = (why: NotReset) => note(invocation, notResetText(why));
    const onProgress = progressFor(invocation, open.clock);
    const hooks = { onPlan, onNotReset, onProgress };
    const report = await flashImage(session, { ...job, ...hooks }, { signal: invocation.signal });
    const uart = uartWatch(open, invocation);
    return describeVerified(async () => {
      // A launch of options may have locked it already.
      const isLocked = session.found.lock?.locked === true;
      const locked = invocation.options.halt ? isLocked : await letRun(session, invocation.signal);
      return withUart(answer(report, target, locked, invocation), await uart?.watch());
    });
  });
}

function jobOf(invocation: FlashInvocation, planned: PlanFile | undefined): FlashJob & { readonly keepRest: true } {
  const { image, chip, banks } = readImagesForChip(invocation);
  const { erase } = invocation.options;
  checkJob({ image, keep: invocation.options.keep, banks, erase }, chip);
  const policy = policyOf(invocation);
  const all = permitsOf(invocation);
  // A plan was made for a chip as it stood: after a mass erase it would be another one, and nothing be written.
  const permits = planned ? all.filter(({ allows }) => allows !== "mass-erase") : all;
  if (permits.length < all.length) note(invocation, "--allow-mass-erase has no effect beside --plan");
  const keeping = keepingOf(invocation);
  // A connection may mass-erase on its way, so what is refused is refused before; a kept byte could still change it.
  if (!keeping.keep?.length) checkConsents({ policy, needs: effectiveImage(image, chip, policy).needs }, permits);
  const { loader, halt, keepRam, verify: verifyBy } = invocation.options;
  // Behind the reset that ends the job the firmware starts anew, registers and all.
  return {
    image,
    policy,
    permits,
    keepRest: true,
    keepRam: keepRam || halt,
    verifyBy,
    loader,
    banks,
    erase,
    ...keeping,
  };
}

/** Says which files a plan stands for; throws `flash-plan-stale` where it is another one now. */
function checkPlanned(
  now: FlashPlan,
  planned: PlanFile,
  job: FlashJob & { readonly keepRest: true },
  invocation: FlashInvocation,
): void {
  note(invocation, `planned: ${planned.files.map(({ file }) => file).join(", ")} on ${planned.chip}`);
  if (!invocation.options.dryRun) checkSamePlan(now, planned, planFlash({ ...job, chip: now.chip }));
  else if (now.digest !== planned.digest)
    note(invocation, "dry run: the plan was made for a chip that holds something else than a new one");
}

/** The same on a fresh twin of the chip, whatever probe is named; no file is written. The answer says so throughout. */
async function dryRun(invocation: FlashInvocation, planned: PlanFile | undefined): Promise<Answer> {
  const { name } = chipNeeded(invocation);
  const line = `dry run on a simulated ${name} as shipped: nothing else was touched`;
  const { uart } = invocation.options;
  if (uart !== undefined && uart !== "stdout") note(invocation, `dry run: ${uart} isn't written`);
  const options = {
    ...invocation.options,
    probe: `twin:${name}`,
    ...(uart === undefined ? {} : { uart: "stdout" }),
  };
  try {
    const { result, text, ...rest } = await flashOn({ ...invocation, options }, planned);
    return { ...rest, result: { ...result, dryRun: true }, text: [line, ...text, line] };
  } catch (error) {
    note(invocation, line);
    throw error;
  }
}

/** `--plan FILE`, which names files and chip; throws `usage` where neither it nor files are given. */
function plannedOf(invocation: FlashInvocation): PlanFile | undefined {
  const path = invocation.options.plan;
  if (path === undefined && invocation.args.length === 0) {
    throw new HostError("usage", "flash takes files, or --plan with a plan that names them");
  }
  return path === undefined ? undefined : readPlanFile(path, invocation);
}

function keepingOf(invocation: FlashInvocation): Pick<FlashJob, "keep" | "onLost"> {
  const onLost = saver(invocation);
  return { keep: invocation.options.keep, ...(onLost ? { onLost } : {}) };
}

const withUart = (base: Answer, output: UartOutput | undefined): Answer =>
  output ? { ...base, result: { ...base.result, uart: output.text }, text: [...base.text, ...output.lines] } : base;

async function letRun(session: Session, signal: AbortSignal): Promise<boolean> {
  return (await session.reset("system", "run", { signal }))?.locked === true;
}

function answer(report: FlashReport, { open }: Target, locked: boolean, invocation: FlashInvocation): Answer {
  const { plan, run, verify, massErased, phases, totalMs } = report;
  const { bytesProgrammed: programmed, sectorsErased: erased } = run;
  const done = { programmed, erased, verify: verifyJson(verify), phases, totalMs, massErased, locked, dryRun: false };
  const lines = [
    ...massErasedLines(massErased),
    ...sectorLines(plan),
    ...(isAnnounced(invocation) ? [] : changeLines(plan)),
    `${programmed} bytes programmed in ${timeText(totalMs, open.clockKind)}`,
    ...verifyLines(verify),
    ...(locked ? ["the chip is locked now"] : []),
  ];
  const base = { result: { ...planResult(plan, inCliWords), ...done }, text: lines, clock: open.clockKind } as const;
  return verify.verdict === "different"
    ? { ...base, exit: EXIT.differs, ...verifyError(verify, inCliWords) }
    : { ...base, exit: EXIT.ok };
}

/** Whether the declared changes were printed on the same terminal before anything was erased. */
const isAnnounced = (invocation: FlashInvocation): boolean =>
  invocation.terminal.streamsAreOne === true && !invocation.options.quiet;
