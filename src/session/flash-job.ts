import { type Io, toTheEnd } from "../base/clock.ts";
import { andThen } from "../base/errors.ts";
import { describeBefore, describeWritten } from "../flash/called-off.ts";
import { contentMemory } from "../flash/content.ts";
import { canBeChecked } from "../flash/hash/guesses.ts";
import type { HashRun } from "../flash/hash/hash-run.ts";
import { KeptTarget } from "../flash/kept/kept-target.ts";
import { lostImage } from "../flash/keep.ts";
import { atOwnAddresses } from "../flash/plan/named-banks.ts";
import type { PieceWork } from "../cortex/run-code.ts";
import type { FlashPlan } from "../flash/plan/plan.ts";
import { checkConsents } from "../flash/run.ts";
import { Stopwatch } from "../flash/stopwatch.ts";
import { againstFile, type VerifyResult, verifyImage } from "../flash/verify.ts";
import { changesOptions, isUntouched, runAndCompare } from "./flashing/execute-plan.ts";
import type { FlashJob, FlashReport, PlannedJob } from "./flashing/job.ts";
import { type LoaderFor, loadersOf } from "./flashing/job-loaders.ts";
import { checkJob, lookAndPlan, sectorsToRead } from "./flashing/look-and-plan.ts";
import { canTakeCore, refuseFailed } from "./halted-proof.ts";
import { hashRunOn } from "./hashing.ts";
import { openingWith } from "./locks/mass-erase-retry.ts";
import type { Session } from "./session.ts";
import { standStill } from "./stand-still.ts";

export type { FlashJob, FlashReport, PlannedJob } from "./flashing/job.ts";
export { checkJob } from "./flashing/look-and-plan.ts";

/**
 * Plans a flash job against what is on the chip. It only reads: the core is neither reset nor halted, so firmware that
 * writes flash while it runs can make the plan stale. Throws `unsteady-read` where bytes that are to stay changed.
 */
export async function planOnChip(
  session: Session,
  job: PlannedJob,
  stopwatch: Stopwatch,
  io: Io = {},
): Promise<FlashPlan> {
  return (await lookAndPlan(session, job, { stopwatch }, io)).plan;
}

/**
 * Plans, checks the consents, programs, and compares with the file but for what was declared. The core is left halted.
 * Throws `chip-mismatch`, `consent-missing` and `security-refused` before anything is erased, and what planning, the
 * loader and the probe throw; a chip that differs is no error but the verdict.
 */
export async function flashImage(session: Session, job: FlashJob, io: Io = {}): Promise<FlashReport> {
  checkJob(job, session.chip);
  // What is to be kept or saved would be lost by a mass erase, so such a job is never opened by one.
  const permits = job.keep?.length || job.onLost ? [] : job.permits;
  return session.hold("flash", (held) => openingWith(held, permits, () => flashOnce(held, job, io), io));
}

async function flashOnce(session: Session, job: FlashJob, io: Io): Promise<FlashReport> {
  const stopwatch = new Stopwatch(session.clock, job.onPhase);
  const kept = (job.keepRam ?? true) ? new KeptTarget(session.core) : undefined;
  const giveBack = async () => {
    if (kept) await stopwatch.time("restore", () => kept.giveBack(toTheEnd(session.clock, GIVE_BACK_MS, io)));
  };
  const on = { stopwatch, kept, giveBack };
  const { plan, run, found } = await andThen(() => flashKeeping(session, job, on, io), giveBack);
  const verify = againstFile(found, [...plan.changes, ...plan.keptRanges]);
  if (verify.verdict === "different") session.patched.noteDifferent(plan.sectors);
  else session.patched.forgetPlanned(plan.sectors);
  if (changesOptions(plan) && found.verdict !== "different") await describeWritten(() => session.launchOptions(io));
  const phases = stopwatch.times();
  const totalMs = Object.values(phases).reduce((a, b) => a + b, 0);
  return { plan, run, verify, massErased: session.massErased, phases, totalMs };
}

/** Milliseconds in which RAM and registers are back over the slowest wire. */
const GIVE_BACK_MS = 10_000;

/** What a job is done with beside the session. */
interface Doing {
  readonly stopwatch: Stopwatch;
  /** Where RAM and registers are kept for the whole job; undefined where they are not wanted back. */
  readonly kept: KeptTarget | undefined;
  /** Gives those back. */
  readonly giveBack: () => Promise<void>;
}

/** The job but for what is given back behind it. */
async function flashKeeping(session: Session, job: FlashJob, { stopwatch, kept, giveBack }: Doing, io: Io) {
  const loaderFor = loadersOf(session, job.loader ?? "ram");
  const { plan, content, hash } = await describeBefore(
    async () => {
      const wasReset = await stopwatch.time("setup", () => standStill(session, job, io));
      const hash = await hashFor(session, job, { wasReset, kept }, io);
      if (hash) hash.duringCall = workBeside(session, job, { loaderFor, kept });
      const looked = await lookAndPlan(session, job, { stopwatch, hash }, io);
      // The routine's fault left the core in an exception.
      if (!wasReset) refuseFailed(hash);
      else if (hash?.hasFailed) {
        await giveBack();
        await stopwatch.time("setup", () => standStill(session, job, io));
      }
      return { ...looked, hash };
    },
    () => session.massErased,
  );
  checkConsents(plan, job.permits);
  job.onPlan?.(plan);
  job.onLost?.(lostImage(plan, session.patched.originals(content)));
  // Bytes that go back under breakpoints are none of the job's: they are compared whether it wants its own to be or not.
  const named = atOwnAddresses(job.image, session.chip).segments;
  const execution = { ...job, named, loaderFor, kept, giveBack, hash: (job.verify ?? true) ? hash : undefined };
  const { run, memory: written } = await runAndCompare(session, plan, execution, stopwatch, io);
  // Where nothing was changed, the comparison before has just seen every byte of the image.
  const memory = isUntouched(plan, run) ? contentMemory(content, plan.chip) : written;
  const compare = () => verifyImage(memory, plan.image, [], job.onProgress, { ...io, banks: plan.chip.banks });
  const found = (job.verify ?? true) ? await describeWritten(() => stopwatch.time("verify", compare)) : NOT_COMPARED;
  return { plan, run, found };
}

const NOT_COMPARED: VerifyResult = { verdict: "not-compared", compared: 0, declared: [], differences: [] };

/** What proves bytes of a job without reading them; undefined where every byte is to be read. */
async function hashFor(
  session: Session,
  { verifyBy = "hash", loader, reset }: FlashJob,
  { wasReset, kept }: { readonly wasReset: boolean; readonly kept: KeptTarget | undefined },
  io: Io,
): Promise<HashRun | undefined> {
  if (verifyBy !== "hash" || loader === "direct") return undefined;
  // A chip that was not reset although it should have been would be locked by a reset: no code runs there for a look.
  const isFree = wasReset || (reset === false && (await canTakeCore(session, io)));
  return isFree ? hashRunOn(session, kept) : undefined;
}

/**
 * What the loader that the job will need first can have done while the flash is compared: its code is put into RAM, or that
 * RAM is read where it is wanted back. It is no loss where no loader is needed.
 */
function workBeside(
  session: Session,
  job: FlashJob,
  { loaderFor, kept }: { readonly loaderFor: LoaderFor; readonly kept: KeptTarget | undefined },
): PieceWork | undefined {
  const bank = sectorsToRead(job, session.chip).find(canBeChecked)?.bank;
  if (!bank?.controller || bank.algorithm) return undefined;
  const loader = loaderFor(bank);
  if (!kept) return loader.preload?.();
  const ranges = loader.keptRam?.();
  return ranges && kept.readAhead(ranges);
}
