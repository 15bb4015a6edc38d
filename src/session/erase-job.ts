import type { Io } from "../base/clock.ts";
import type { FlashPlan } from "../flash/plan/plan.ts";
import { planErase, planEraseAll, planFlash } from "../flash/plan/plan.ts";
import { flashRanges } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import type { Sector } from "../chips/sectors.ts";
import { describeBefore, describeWritten } from "../flash/called-off.ts";
import { type ChipContent, isErased, sectorsOf } from "../flash/content.ts";
import { checkKept, type KeepRange, keptSegments, lostImage, withKept } from "../flash/keep.ts";
import { checkFlashRange } from "../flash/flash-range.ts";
import type { Permit } from "../flash/permit.ts";
import type { OnProgress, PhaseTimes } from "../flash/progress.ts";
import type { RunResult } from "../flash/run.ts";
import { Stopwatch } from "../flash/stopwatch.ts";
import type { Image, Segment } from "../image/image.ts";
import { flashGroups } from "../protection/chip-fields.ts";
import { changesOptions, executePlan } from "./flashing/execute-plan.ts";
import { contentOf } from "./flashing/look-and-plan.ts";
import { openingWith } from "./locks/mass-erase-retry.ts";
import type { Session } from "./session.ts";
import { type NotReset, standStill } from "./stand-still.ts";

/** What is to be erased. `range` keeps the rest of its sectors. */
export type EraseTarget =
  | { readonly what: "chip" }
  | {
      readonly what: "sectors";
      readonly start: number;
      readonly length: number;
      /** The bank that they are in, by its id, where it is none of the firmware's. */
      readonly bank?: string;
    }
  | { readonly what: "range"; readonly start: number; readonly length: number };

/** What an erase did. */
export interface EraseReport {
  readonly plan: FlashPlan;
  readonly run: RunResult;
  /** Whether everything on the chip was erased on the way, because it was locked or protected and that was permitted. */
  readonly massErased: boolean;
  readonly phases: PhaseTimes;
  readonly totalMs: number;
}

/** The input of an erase beside its target. */
export interface EraseOptions {
  /** Whether the chip is reset before (default); else the core is only halted. */
  readonly reset?: boolean;
  /** With `mass-erase` the whole chip is opened by one where protected regions stand in the way. */
  readonly permits?: readonly Permit[];
  /** Read before, written back after. */
  readonly keep?: readonly KeepRange[];
  /** Receives what will be lost, before anything is; undefined where nothing readable is. */
  readonly onLost?: (lost: Image | undefined) => void;
  readonly onProgress?: OnProgress;
  /** Called where the core was only halted, because a reset would have locked the chip. */
  readonly onNotReset?: (why: NotReset) => void;
}

/** Throws `flash-range` for what can't be erased on this chip: asked before anything is touched. */
export function checkErase(target: EraseTarget, keep: readonly KeepRange[], chip: Chip): void {
  const named = target.what === "sectors" && target.bank !== undefined ? [target.bank] : [];
  if (target.what !== "chip") checkFlashRange(target, chip, "erased", named);
  checkKept(keep, chip);
}

/**
 * Erases; the flash configuration field is left open in the same breath. The core is left halted. Throws `flash-range`
 * before anything is touched, and what `executePlan` throws.
 */
export async function eraseFlash(
  session: Session,
  target: EraseTarget,
  options: EraseOptions = {},
  io: Io = {},
): Promise<EraseReport> {
  checkErase(target, options.keep ?? [], session.chip);
  // Only an erase of everything may be done by a mass erase, and only where nothing is to be kept or saved.
  const whole = target.what === "chip" && !options.keep?.length && !options.onLost;
  const permits = whole ? (options.permits ?? []) : [];
  return session.hold("flash", (held) => openingWith(held, permits, () => eraseOnce(held, target, options, io), io));
}

async function eraseOnce(session: Session, target: EraseTarget, options: EraseOptions, io: Io): Promise<EraseReport> {
  const stopwatch = new Stopwatch(session.clock);
  const plan = await describeBefore(
    async () => {
      await stopwatch.time("setup", () => standStill(session, options, io));
      return stopwatch.time("compare", () => planFor(session, target, options, io));
    },
    () => session.massErased,
  );
  const execution = { ...options, permits: [], named: fieldsOf(session.chip) };
  const run = await executePlan(session, plan, execution, stopwatch, io);
  if (target.what === "chip") session.patched.forgetAll();
  else session.patched.forgetPlanned(plan.sectors);
  if (changesOptions(plan)) await describeWritten(() => session.launchOptions(io));
  const phases = stopwatch.times();
  const totalMs = Object.values(phases).reduce((a, b) => a + b, 0);
  return { plan, run, massErased: session.massErased, phases, totalMs };
}

/** The security fields are written open, whatever was to be kept of them. */
const fieldsOf = (chip: Chip): readonly Segment[] =>
  flashGroups(chip).map(({ name, start, length }) => ({ name, address: start, bytes: new Uint8Array(length) }));

async function planFor(session: Session, target: EraseTarget, options: EraseOptions, io: Io): Promise<FlashPlan> {
  const { chip } = session;
  const ranges = target.what === "chip" ? flashRanges(chip) : [target];
  const sectors = ranges.flatMap((range) => sectorsOf(chip, range));
  const reads = { sectors, proven: isUsedAgain(target, options) };
  const needsContent = target.what !== "chip" || options.keep?.length || options.onLost;
  const read: ChipContent = needsContent ? await contentOf(session, reads, options.onProgress, io) : new Map();
  // What is kept and saved is the firmware's; what has to be done is decided by the cells.
  const own = session.patched.originals(read);
  const kept = keptSegments(options.keep ?? [], own, chip);
  const plan = target.what === "chip" ? planEraseAll(chip, kept) : planPart(session, target, sectors, read, kept);
  options.onLost?.(lostImage({ sectors: lostSectors(plan, sectors) }, own));
  return plan;
}

/** What stays beside a range, and what is kept or saved, goes out again as it was read. */
function isUsedAgain(target: EraseTarget, options: EraseOptions): (sector: Sector) => boolean {
  const isOut = options.keep?.length || options.onLost;
  const hasRest = ({ address, size }: Sector) =>
    target.what === "range" && (address < target.start || address + size > target.start + target.length);
  return (sector) => Boolean(isOut) || hasRest(sector);
}

/** The erase of whole banks touches every sector, though its plan names only those that get something back. */
function lostSectors(plan: FlashPlan, sectors: readonly Sector[]): Parameters<typeof lostImage>[0]["sectors"] {
  if (plan.steps[0]?.step !== "erase-bank") return plan.sectors;
  return sectors.map(({ bank, address }) => ({ bank, address, action: "erase" }));
}

function planPart(
  { chip, patched }: Session,
  target: EraseTarget & { what: "sectors" | "range" },
  sectors: readonly Sector[],
  content: ChipContent,
  kept: readonly Segment[],
): FlashPlan {
  if (target.what === "sectors" && kept.length === 0)
    return planErase(
      chip,
      sectors.map((sector) => looked(sector, content)),
    );
  const blank: Image = { format: "raw", segments: blankSegments(target, sectors), symbols: [] };
  const image = withKept(patched.withOriginals(blank), kept);
  const plan = planFlash({ chip, image, policy: "keep-open", keepRest: true, content });
  // The bytes are those of the chip, not of a file whose maker could have meant something else.
  return { ...plan, findings: [] };
}

/** The range as an image of erased bytes, a segment for each bank's part. */
function blankSegments(
  { start, length }: EraseTarget & { what: "range" | "sectors" },
  sectors: readonly Sector[],
): Segment[] {
  const banks = [...new Set(sectors.map(({ bank }) => bank))];
  return banks.map((bank) => {
    const from = Math.max(start, bank.start);
    const to = Math.min(start + length, bank.start + bank.length);
    return { name: "erase", address: from, bytes: new Uint8Array(to - from).fill(bank.erased) };
  });
}

function looked(sector: Sector, content: ChipContent): { readonly sector: Sector; readonly blank: boolean } {
  const now = content.get(sector.address);
  return { sector, blank: now !== undefined && now.unreadable.length === 0 && isErased(now.bytes, sector.bank) };
}
