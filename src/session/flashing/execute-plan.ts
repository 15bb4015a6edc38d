import type { Io } from "../../base/clock.ts";
import { andThen } from "../../base/errors.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import { overlap } from "../../chips/sectors.ts";
import { describeWritten } from "../../flash/called-off.ts";
import type { Readable } from "../../flash/content.ts";
import { canBeChecked } from "../../flash/hash/guesses.ts";
import type { HashRun } from "../../flash/hash/hash-run.ts";
import { type Proof, proveTogether, provenMemory } from "../../flash/hash/proven-memory.ts";
import type { KeptTarget } from "../../flash/kept/kept-target.ts";
import type { FlashPlan } from "../../flash/plan/plan.ts";
import type { FlashStep } from "../../flash/plan/steps.ts";
import { type RunResult, runPlan } from "../../flash/run.ts";
import type { Stopwatch } from "../../flash/stopwatch.ts";
import { verifyErased } from "../../flash/verify-erased.ts";
import { verifyRest } from "../../flash/verify-rest.ts";
import type { Segment } from "../../image/image.ts";
import { refuseOtherChip } from "../detection/other-chip.ts";
import type { Session } from "../session.ts";
import { standStill } from "../stand-still.ts";
import type { FlashJob } from "./job.ts";
import { type LoaderFor, loadersOf } from "./job-loaders.ts";

/** The input of a plan's execution; the caller verifies the segments in `named`. */
export interface Execution extends Pick<FlashJob, "permits" | "onProgress" | "loader" | "keepRam"> {
  readonly named?: readonly Segment[];
  /** What proves bytes without reading them. */
  readonly hash?: HashRun | undefined;
  /** The loaders, where some are made already. */
  readonly loaderFor?: LoaderFor;
  /** Where RAM and registers are kept for the whole job, and what gives them back. */
  readonly kept?: KeptTarget | undefined;
  readonly giveBack?: () => Promise<void>;
}

/**
 * Runs a finished plan on a halted core, and compares what it wrote back beside the image. Throws `consent-missing`
 * before anything is touched, `verify-differs` where bytes that were to stay don't stand there, or an erased sector is not blank.
 */
export async function executePlan(
  session: Session,
  plan: FlashPlan,
  job: Execution,
  stopwatch: Stopwatch,
  io: Io = {},
): Promise<RunResult> {
  return (await runAndCompare(session, plan, job, stopwatch, io)).run;
}

/** The same; answers the chip's memory, too, of which what was proven is not read again. */
export async function runAndCompare(
  session: Session,
  plan: FlashPlan,
  job: Execution,
  stopwatch: Stopwatch,
  io: Io,
): Promise<{ readonly run: RunResult; readonly memory: Readable }> {
  refuseOtherChip(session);
  const loaderFor = job.loaderFor ?? loadersOf(session, job.loader ?? "ram");
  // Another loader keeps for itself what it finds, and its end may be a reset.
  if (plan.steps.some(({ bank }) => !loaderFor(bank).caps.leavesHashRam)) {
    await job.giveBack?.();
    job.hash?.forgetCode();
  }
  const running = runPlan(plan, { ...io, ...job, loaderFor, clock: session.clock, stopwatch });
  const noted = running.finally(() => plan.steps.length > 0 && session.noteFlashed());
  const isForeign = plan.steps.some(({ bank }) => loaderFor(bank).caps.restores === "needs-reset");
  // A foreign algorithm may have changed clocks; one that failed may be running still.
  const afterwards = async () => isForeign && stopwatch.time("restore", () => standStill(session, {}, io));
  const run = await andThen(() => noted, afterwards);
  if (isUntouched(plan, run)) return { run, memory: session.core.memory };
  const compare = async () => {
    const isUnproven = (bank: FlashBank) => !loaderFor(bank).caps.provesErase;
    if (job.hash && job.kept) job.hash.duringCall = job.kept.giveBackBeside(job.hash.ownRam);
    const refusesOthers = (bank: FlashBank) => loaderFor(bank).caps.refusesOthers === true;
    const memory = provenMemory(session.core.memory, await proveWritten(job.hash, plan, { run, refusesOthers }, io));
    await verifyErased(memory, plan, isUnproven, io);
    await verifyRest(memory, plan, job.named ?? [], io);
    return memory;
  };
  return { run, memory: await describeWritten(() => stopwatch.time("verify", compare)) };
}

/**
 * What the checks say of a plan's sectors, each of which is to hold its content now. Those that no step touches held it
 * when the plan was made, and are not looked at again where the loader refuses steps on others.
 */
async function proveWritten(
  hash: HashRun | undefined,
  { sectors, steps }: FlashPlan,
  { run, refusesOthers }: { readonly run: RunResult; readonly refusesOthers: (bank: FlashBank) => boolean },
  io: Io,
): Promise<readonly Proof[]> {
  if (!hash || steps.length === 0) return [];
  const planned = sectors
    .map(({ bank, address, content, action }) => ({ bank, address, size: content.length, run: 0, content, action }))
    .filter(canBeChecked);
  const changing = steps.filter((step) => !isMereLook(step, steps, run));
  const isTouched = ({ bank, address, size }: (typeof planned)[number]) =>
    !refusesOthers(bank) ||
    changing.some((step) => step.bank === bank && reaches(step, { start: address, length: size }));
  const [touched, untouched] = [planned.filter(isTouched), planned.filter((sector) => !isTouched(sector))];
  const guess = ({ bank, address, content }: (typeof planned)[number]) => ({ bank, address, bytes: content });
  const proofs = await proveTogether(hash, touched.map(guess), io);
  if (!proofs.every(({ holds }) => holds === "as-guessed") || untouched.some(({ action }) => action !== "unchanged"))
    return proofs;
  const known = untouched.map((sector): Proof => ({ ...guess(sector), holds: "as-guessed", isPartlyErased: false }));
  return [...proofs, ...known];
}

/** Whether a step has looked whether a sector is blank, and no such look has found one that was not. */
const isMereLook = (step: FlashStep, steps: readonly FlashStep[], { sectorsErased }: RunResult): boolean =>
  step.step === "ensure-blank" &&
  step.atOnce.length === 0 &&
  sectorsErased === steps.filter((each) => each.step.startsWith("erase")).length;

/** Whether a step is on a sector. */
function reaches(step: FlashStep, sector: Range): boolean {
  if (step.step === "erase-bank") return true;
  const length = step.step === "erase-block" ? step.length : 1;
  return overlap({ start: step.address, length }, sector);
}

/** Whether a run has left every cell as it was: each sector was as wanted, and its blank ones are so at the margin, too. */
export const isUntouched = ({ sectors, steps }: FlashPlan, { sectorsErased }: RunResult): boolean =>
  steps.length === 0 || (sectorsErased === 0 && sectors.every(({ action }) => action === "unchanged"));

/** Whether a plan writes cells that count only once they are launched. */
export const changesOptions = ({ steps }: FlashPlan): boolean =>
  steps.some(({ bank }) => bank.kind === "option" || bank.kind === "user-row");
