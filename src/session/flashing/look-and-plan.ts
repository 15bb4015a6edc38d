import type { Io } from "../../base/clock.ts";
import { flashRanges, isForFirmware, joinedBanks } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import { overlap, type Sector } from "../../chips/sectors.ts";
import { type ChipContent, leavesRest, sectorsOf, touchedSectors } from "../../flash/content.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { canBeChecked, differing, isIn } from "../../flash/hash/guesses.ts";
import type { HashRun } from "../../flash/hash/hash-run.ts";
import { type Proof, provenMemory } from "../../flash/hash/proven-memory.ts";
import { differingBySample } from "../../flash/hash/samples.ts";
import { checkKept, joinedRanges, keptSegments } from "../../flash/keep.ts";
import { atOwnAddresses, checkNamedBanks, usableBanks } from "../../flash/plan/named-banks.ts";
import { type FlashPlan, planFlash } from "../../flash/plan/plan.ts";
import type { OnProgress } from "../../flash/progress.ts";
import { readSectors, type SectorReads } from "../../flash/read-flash.ts";
import type { Stopwatch } from "../../flash/stopwatch.ts";
import { checkInside, imageSize } from "../../image/image-bytes.ts";
import { refuseOtherChip } from "../detection/other-chip.ts";
import { proveImage } from "../hashing.ts";
import { refuseLocked } from "../locks/locked.ts";
import type { Session } from "../session.ts";
import { refuseHiddenFlash } from "../shown-flash.ts";
import type { FlashJob, PlannedJob } from "./job.ts";

/** How a look is timed, and what proves bytes without reading them. */
interface Looking {
  readonly stopwatch: Stopwatch;
  readonly hash?: HashRun | undefined;
}

/** Looks at what stands in the job's sectors, and plans by that. */
export async function lookAndPlan(
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
export function sectorsToRead({ image, keep = [] }: PlannedJob, chip: Chip): readonly Sector[] {
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

/** What stands in the given sectors now; throws `unsteady-read` where those that are read twice were not the same. */
export const contentOf = (
  session: Session,
  sectors: SectorReads,
  onProgress?: OnProgress,
  io: Io = {},
): Promise<ChipContent> => readSectors(session.core.memory, sectors, onProgress, io);
