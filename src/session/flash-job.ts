import type { Io } from "../base/clock.ts";
import { andThen } from "../base/errors.ts";
import { flashRanges, isForFirmware, joinedBanks } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";
import { overlap, type Sector } from "../chips/sectors.ts";
import { describeBefore, describeWritten } from "../flash/called-off.ts";
import type { ChipContent, Readable } from "../flash/content.ts";
import { canBeChecked, differing, isIn } from "../flash/hash/guesses.ts";
import type { HashRun } from "../flash/hash/hash-run.ts";
import { type Proof, proveTogether, provenMemory } from "../flash/hash/proven-memory.ts";
import { differingBySample } from "../flash/hash/samples.ts";
import { canTakeCore, refuseFailed } from "./halted-proof.ts";
import { hashRunOn, proveImage } from "./hashing.ts";
import { contentMemory, leavesRest, sectorsOf, touchedSectors } from "../flash/content.ts";
import { checkKept, joinedRanges, type KeepRange, keptSegments, lostImage } from "../flash/keep.ts";
import { FlashError } from "../flash/flash-error.ts";
import type { Loader, LoaderName } from "../flash/loader.ts";
import { atOwnAddresses, checkNamedBanks, usableBanks } from "../flash/plan/named-banks.ts";
import type { Permit } from "../flash/permit.ts";
import type { FlashStep } from "../flash/plan/steps.ts";
import type { PieceWork } from "../cortex/run-code.ts";
import type { EraseBy } from "../flash/plan/grouped-erase.ts";
import { type FlashPlan, planFlash } from "../flash/plan/plan.ts";
import type { OnProgress, PhaseTimes } from "../flash/progress.ts";
import { readSectors, type SectorReads } from "../flash/read-flash.ts";
import { checkConsents, type RunResult, runPlan } from "../flash/run.ts";
import { FAMILIES } from "../families/list.ts";
import { algorithmLoader } from "../flash/algorithm/algorithm-runner.ts";
import { Stopwatch } from "../flash/stopwatch.ts";
import { againstFile, type VerifyResult, verifyImage } from "../flash/verify.ts";
import { verifyErased } from "../flash/verify-erased.ts";
import { verifyRest } from "../flash/verify-rest.ts";
import type { Image, Segment } from "../image/image.ts";
import { checkInside, imageSize } from "../image/image-bytes.ts";
import type { Policy } from "../protection/effective-image.ts";
import { refuseLocked } from "./locks/locked.ts";
import { openingWith } from "./locks/mass-erase-retry.ts";
import type { Session } from "./session.ts";
import { refuseHiddenFlash } from "./shown-flash.ts";
import { refuseOtherChip } from "./detection/other-chip.ts";
import { type NotReset, standStill } from "./stand-still.ts";
import { tracedLoader } from "./traced.ts";

/** The input of a flash job: from a verb, by the Commander, by whatever else programs. */
export interface FlashJob {
  readonly image: Image;
  readonly policy: Policy;
  readonly permits: readonly Permit[];
  /**
   * Whether bytes of a touched sector that the image does not name are kept; with `below`, those of an image with fewer
   * bytes. With `keep` they always are.
   */
  readonly keepRest: boolean | { readonly below: number };
  /** Whether the chip is reset before (default); else the core is only halted. */
  readonly reset?: boolean;
  /** Whether the chip is compared with the effective image afterwards (default). */
  readonly verify?: boolean;
  readonly onProgress?: OnProgress;
  /** Ranges whose bytes on the chip win over the image's; the verdict declares what differs for that. */
  readonly keep?: readonly KeepRange[];
  /** Receives what will be lost, before anything is; undefined where nothing readable is. */
  readonly onLost?: (lost: Image | undefined) => void;
  /** `ram` (default) runs code of ours on the chip, `direct` needs no running core. */
  readonly loader?: LoaderName;
  /**
   * Whether work RAM and the core's registers are given back (default); a caller that resets the chip afterwards saves
   * the time of it, and firmware finds other bytes in that RAM.
   */
  readonly keepRam?: boolean;
  /**
   * How the chip is compared before and after: `hash` (default) has code of ours on the chip count two checks, and reads
   * what they do not prove; `read` reads every byte. Reading by the direct loader, in families whose core may see other
   * bytes than the cells hold, and where the chip is not reset before and a firmware could find a difference.
   */
  readonly verifyBy?: "hash" | "read";
  /**
   * How it erases: `sectors` (default) one after the other, `auto` several at once where that loses nothing more, `chip`
   * all flash for firmware first, of which only the image comes back.
   */
  readonly erase?: EraseBy;
  /** The banks beside the firmware's that the image may change (option bytes, one-time cells, user rows), by their ids. */
  readonly banks?: readonly string[];
  /** Called with the plan before anything is erased; the last moment to say what is going to happen. */
  readonly onPlan?: (plan: FlashPlan) => void;
  /** Called where the core was only halted, because a reset would have locked the chip. */
  readonly onNotReset?: (why: NotReset) => void;
}

/** What a flash job did. */
export interface FlashReport {
  /** What was planned, with the declared changes. */
  readonly plan: FlashPlan;
  /** What was erased and programmed. */
  readonly run: RunResult;
  /** Against the file: the chip is what was programmed, and what the plan declared stands between that and the file. */
  readonly verify: VerifyResult;
  /** Whether everything on the chip was erased on the way, because it was locked or protected and that was permitted. */
  readonly massErased: boolean;
  /** Milliseconds in each phase, on the session's clock. */
  readonly phases: PhaseTimes;
  /** Milliseconds in all phases, on the session's clock: a twin's are virtual. */
  readonly totalMs: number;
}

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

/** What of a flash job decides its plan. */
export type PlannedJob = Pick<
  FlashJob,
  "image" | "policy" | "keepRest" | "keep" | "banks" | "erase" | "onLost" | "onProgress"
>;

/** How a look is timed, and what proves bytes without reading them. */
interface Looking {
  readonly stopwatch: Stopwatch;
  readonly hash?: HashRun | undefined;
}

async function lookAndPlan(
  session: Session,
  job: PlannedJob,
  { stopwatch, hash }: Looking,
  io: Io,
): Promise<{ readonly plan: FlashPlan; readonly content: ChipContent }> {
  const { chip } = session;
  checkJob(job, chip);
  refuseOtherChip(session);
  refuseLocked(session);
  await refuseHiddenFlash(
    session,
    sectorsToRead(job, chip).map(({ address, size }) => ({ start: address, length: size })),
    io,
  );
  const look = () => (job.erase === "chip" ? lookBeforeErase(session, job, io) : lookAt(session, job, hash, io));
  const { content, differs } = await stopwatch.time("compare", look);
  // What is kept of a sector with breakpoints in it is the firmware's.
  const kept = keptSegments(joinedRanges(job.keep ?? []), session.patched.originals(content), chip);
  const { policy, banks = [], erase = "sectors" } = job;
  const named = atOwnAddresses(job.image, chip);
  const image = keepsRest(job) ? session.patched.withOriginals(named) : named;
  const plan = planFlash({ chip, image, policy, keepRest: keepsRest(job), content, kept, banks, differs, erase });
  return { plan, content };
}

/**
 * What of the chip a job with an erase of everything has to know: cells that this erase does not reach, and what is saved.
 */
async function lookBeforeErase(session: Session, job: PlannedJob, io: Io) {
  const { chip, core } = session;
  const beside = sectorsToRead(job, chip).filter(({ bank }) => !isForFirmware(bank));
  const saved = job.onLost ? flashRanges(chip).flatMap((range) => sectorsOf(chip, range)) : [];
  const reads = { sectors: [...saved, ...beside], proven: () => true };
  return { content: await readSectors(core.memory, reads, job.onProgress, io), differs: new Set<number>() };
}

/** What stands in the job's sectors; those that differ for certain, and of which nothing stays, are not read. */
async function lookAt(session: Session, job: PlannedJob, hash: HashRun | undefined, io: Io) {
  const { chip, core } = session;
  const sectors = sectorsToRead(job, chip);
  const proofs = hash ? await proveImage(hash, job, sectors, chip, io) : [];
  const isRestErased = erasedRest(job, proofs);
  const isNeeded = isUsedAgain(job, isRestErased);
  const checked = sectors.filter((sector) => canBeChecked(sector) && !isNeeded(sector));
  const sure = differing(checked, proofs);
  const doubtful = proofs.length > 0 ? checked.filter(({ address }) => !sure.has(address)) : [];
  const differs = new Set([...sure, ...(await differingBySample(core.memory, doubtful, proofs, io))]);
  const toRead = sectors.filter(({ address }) => !differs.has(address));
  const memory = provenMemory(core.memory, proofs);
  const content = await readSectors(memory, { sectors: toRead, proven: isNeeded }, job.onProgress, io);
  return { content, differs };
}

function keepsRest({ image, keep, keepRest }: PlannedJob): boolean {
  if (typeof keepRest === "boolean") return keepRest || (keep ?? []).length > 0;
  return imageSize(image) < keepRest.below || (keep ?? []).length > 0;
}

/**
 * Throws `image-outside-chip` and `flash-range` for a job that would leave the chip's flash, `bank-not-named` for one that
 * would change a bank that it does not name, `flash-keep` for one that is to erase the chip and to keep bytes of it.
 */
export function checkJob(job: Pick<FlashJob, "image" | "keep" | "banks" | "erase">, chip: Chip): void {
  const { keep = [], banks = [], erase } = job;
  if (erase === "chip" && keep.length > 0)
    throw new FlashError("flash-keep", "An erase of the whole chip keeps nothing, and a range was to be kept");
  const image = atOwnAddresses(job.image, chip);
  checkNamedBanks(image, chip, banks);
  checkInside(image, joinedBanks(usableBanks(chip, banks)));
  checkKept(keep, chip, banks);
}

/** The sectors that the image touches, and those of the ranges to keep. */
function sectorsToRead({ image, keep = [] }: PlannedJob, chip: Chip): readonly Sector[] {
  const touched = touchedSectors(atOwnAddresses(image, chip), chip);
  const kept = keep.flatMap((range) => sectorsOf(chip, range));
  const all = new Map([...touched, ...kept].map((sector) => [sector.address, sector]));
  return [...all.values()].sort((a, b) => a.address - b.address);
}

/** Bytes that stay, are kept or are saved go out again as they were read, so their sectors are read twice. */
function isUsedAgain(job: PlannedJob, isRestErased: (sector: Sector) => boolean): (sector: Sector) => boolean {
  const { image, keep = [], onLost } = job;
  const keepRest = keepsRest(job);
  const isKept = ({ address, size }: Sector) => keep.some((range) => overlap(range, { start: address, length: size }));
  return (sector) =>
    onLost !== undefined || isKept(sector) || (keepRest && leavesRest(image, sector) && !isRestErased(sector));
}

/** Whether the bytes of a sector that the image does not name are proven to be erased: they are known then. */
function erasedRest({ image }: PlannedJob, proofs: readonly Proof[]): (sector: Sector) => boolean {
  return (sector) => {
    const own = proofs.filter((proof) => isIn(sector, proof));
    const rest = own.filter(({ address, bytes }) => leavesRest(image, { ...sector, address, size: bytes.length }));
    return own.length > 0 && rest.every(({ holds }) => holds === "as-guessed" || holds === "erased");
  };
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
  const stopwatch = new Stopwatch(session.clock);
  const loaderFor = loadersOf(session, job.loader ?? "ram");
  const { plan, content, hash } = await describeBefore(
    async () => {
      const wasReset = await stopwatch.time("setup", () => standStill(session, job, io));
      const hash = await hashFor(session, job, wasReset, io);
      if (hash) hash.duringCall = preloadOf(session, job, loaderFor);
      const looked = await lookAndPlan(session, job, { stopwatch, hash }, io);
      // The routine's fault left the core in an exception.
      if (!wasReset) refuseFailed(hash);
      else if (hash?.hasFailed) await stopwatch.time("setup", () => standStill(session, job, io));
      return { ...looked, hash };
    },
    () => session.massErased,
  );
  checkConsents(plan, job.permits);
  job.onPlan?.(plan);
  job.onLost?.(lostImage(plan, session.patched.originals(content)));
  // Bytes that go back under breakpoints are none of the job's: they are compared whether it wants its own to be or not.
  const named = atOwnAddresses(job.image, session.chip).segments;
  const execution = { ...job, named, loaderFor, hash: (job.verify ?? true) ? hash : undefined };
  const { run, memory: written } = await runAndCompare(session, plan, execution, stopwatch, io);
  // Where nothing was changed, the comparison before has just seen every byte of the image.
  const memory = isUntouched(plan, run) ? contentMemory(content, plan.chip) : written;
  const compare = () => verifyImage(memory, plan.image, [], job.onProgress, { ...io, banks: plan.chip.banks });
  const found = (job.verify ?? true) ? await describeWritten(() => stopwatch.time("verify", compare)) : NOT_COMPARED;
  const verify = againstFile(found, [...plan.changes, ...plan.keptRanges]);
  if (verify.verdict === "different") session.patched.noteDifferent(plan.sectors);
  else session.patched.forgetPlanned(plan.sectors);
  if (changesOptions(plan) && found.verdict !== "different") await describeWritten(() => session.launchOptions(io));
  const phases = stopwatch.times();
  const totalMs = Object.values(phases).reduce((a, b) => a + b, 0);
  return { plan, run, verify, massErased: session.massErased, phases, totalMs };
}

/** Whether a run has left every cell as it was: each sector was as wanted, and its blank ones are so at the margin, too. */
const isUntouched = ({ sectors, steps }: FlashPlan, { sectorsErased }: RunResult): boolean =>
  steps.length === 0 || (sectorsErased === 0 && sectors.every(({ action }) => action === "unchanged"));

/** Whether a plan writes cells that count only once they are launched. */
export const changesOptions = ({ steps }: FlashPlan): boolean =>
  steps.some(({ bank }) => bank.kind === "option" || bank.kind === "user-row");

const NOT_COMPARED: VerifyResult = { verdict: "not-compared", compared: 0, declared: [], differences: [] };

/** The input of a plan's execution; the caller verifies the segments in `named`. */
export interface Execution extends Pick<FlashJob, "permits" | "onProgress" | "loader" | "keepRam"> {
  readonly named?: readonly Segment[];
  /** What proves bytes without reading them. */
  readonly hash?: HashRun | undefined;
  /** The loaders, where some are made already. */
  readonly loaderFor?: LoaderFor;
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
async function runAndCompare(
  session: Session,
  plan: FlashPlan,
  job: Execution,
  stopwatch: Stopwatch,
  io: Io,
): Promise<{ readonly run: RunResult; readonly memory: Readable }> {
  refuseOtherChip(session);
  const loaderFor = job.loaderFor ?? loadersOf(session, job.loader ?? "ram");
  const running = runPlan(plan, { ...io, ...job, loaderFor, clock: session.clock, stopwatch });
  const noted = running.finally(() => plan.steps.length > 0 && session.noteFlashed());
  const isForeign = plan.steps.some(({ bank }) => loaderFor(bank).caps.restores === "needs-reset");
  // A foreign algorithm may have changed clocks; one that failed may be running still.
  const afterwards = async () => isForeign && stopwatch.time("restore", () => standStill(session, {}, io));
  const run = await andThen(() => noted, afterwards);
  if (plan.steps.some(({ bank }) => !loaderFor(bank).caps.leavesHashRam)) job.hash?.forgetCode();
  if (isUntouched(plan, run)) return { run, memory: session.core.memory };
  const compare = async () => {
    const isUnproven = (bank: FlashBank) => !loaderFor(bank).caps.provesErase;
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

/** What proves bytes of a job without reading them; undefined where every byte is to be read. */
async function hashFor(session: Session, job: FlashJob, wasReset: boolean, io: Io): Promise<HashRun | undefined> {
  const { verifyBy = "hash", loader, keepRam = true } = job;
  if (verifyBy !== "hash" || loader === "direct") return undefined;
  // A chip that was not reset although it should have been would be locked by a reset: no code runs there for a look.
  const isFree = wasReset || (job.reset === false && (await canTakeCore(session, io)));
  return isFree ? hashRunOn(session, keepRam) : undefined;
}

/** What stands in the given sectors now; throws `unsteady-read` where those that are read twice were not the same. */
export const contentOf = (
  session: Session,
  sectors: SectorReads,
  onProgress?: OnProgress,
  io: Io = {},
): Promise<ChipContent> => readSectors(session.core.memory, sectors, onProgress, io);

type LoaderFor = (bank: FlashBank) => Loader;

/** The code of the loader that the job will need first, where its RAM is not kept; it is no loss where none is needed. */
function preloadOf(session: Session, job: FlashJob, loaderFor: LoaderFor): PieceWork | undefined {
  const bank = sectorsToRead(job, session.chip).find(canBeChecked)?.bank;
  if (!bank?.controller || bank.algorithm || (job.keepRam ?? true)) return undefined;
  return loaderFor(bank).preload?.();
}

/** The loader of each bank, one for all banks of a controller or an algorithm; throws `no-loader` for a bank without one. */
function loadersOf(session: Session, name: LoaderName): LoaderFor {
  const made = new Map<unknown, Loader>();
  const { trace } = session.found;
  const { core, chip, clock } = session;
  return (bank) => {
    const { controller, algorithm } = bank;
    const known = made.get(algorithm ?? controller?.registers);
    if (known) return known;
    const needs = { core, chip, bank, clock };
    const bare =
      algorithm && name === "ram"
        ? algorithmLoader(core, chip, clock, algorithm)
        : controller && !algorithm && forPartOf(chip, FAMILIES[controller.family].loaders[name](needs));
    if (!bare) throw noLoader(chip, bank);
    const loader = trace ? tracedLoader(bare, trace) : bare;
    made.set(algorithm ?? controller?.registers, loader);
    return loader;
  };
}

/** A pack's bank may be a part of what the family's controller has: an erase of everything would reach further. */
function forPartOf({ origin }: Chip, loader: Loader): Loader {
  if (origin === "own") return loader;
  const { eraseBank: _, ...rest } = loader;
  return rest;
}

const noLoader = ({ name }: Chip, { id, name: bankName }: FlashBank) =>
  new FlashError("no-loader", `Flashproof has no loader for the bank ${id} (${bankName}) of the ${name}`, {
    details: { chip: name, bank: id },
  });
