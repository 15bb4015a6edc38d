import { type Io, within } from "../base/clock.ts";
import type { FlashPlan } from "../flash/plan.ts";
import { planErase, planEraseAll, planFlash } from "../flash/plan.ts";
import { isErased } from "../flash/content.ts";
import type { OnProgress, PhaseTimes } from "../flash/progress.ts";
import type { RunResult } from "../flash/run.ts";
import { Stopwatch } from "../flash/stopwatch.ts";
import type { Image } from "../image/image.ts";
import { contentOf, executePlan } from "./flash-job.ts";
import type { Session } from "./session.ts";

/** What is to be erased. `range` keeps the rest of its sectors. */
export type EraseTarget =
  | { readonly what: "chip" }
  | { readonly what: "sectors"; readonly start: number; readonly length: number }
  | { readonly what: "range"; readonly start: number; readonly length: number };

/** What an erase did. */
export interface EraseReport {
  readonly plan: FlashPlan;
  readonly run: RunResult;
  readonly phases: PhaseTimes;
  readonly totalMs: number;
}

/** Erases; the flash configuration field is left open in the same breath. The core is left halted. */
export async function eraseFlash(
  session: Session,
  target: EraseTarget,
  onProgress?: OnProgress,
  io: Io = {},
): Promise<EraseReport> {
  return session.leases.hold("flash", async () => {
    const stopwatch = new Stopwatch(session.clock);
    await stopwatch.time("setup", () => session.core.reset("system", "halt", within(session.clock, 1_000, io)));
    const plan = await stopwatch.time("compare", () => planFor(session, target, io));
    const run = await executePlan(session, plan, { permits: [], ...(onProgress ? { onProgress } : {}) }, stopwatch, io);
    const phases = stopwatch.times();
    return { plan, run, phases, totalMs: Object.values(phases).reduce((a, b) => a + b, 0) };
  });
}

async function planFor(session: Session, target: EraseTarget, io: Io): Promise<FlashPlan> {
  const { chip } = session;
  if (target.what === "chip") return planEraseAll(chip);
  const { start, length } = target;
  if (target.what === "sectors")
    return planErase(chip, await looked(session, sectorsOf(start, length, chip.flash.sectorSize), io));
  const blank = new Uint8Array(length).fill(chip.flash.erasedByte);
  const image: Image = { format: "raw", segments: [{ name: "erase", address: start, bytes: blank }], symbols: [] };
  const content = await contentOf(session, sectorsOf(start, length, chip.flash.sectorSize), undefined, io);
  return planFlash({ chip, image, policy: "keep-open", keepRest: true, content });
}

async function looked(
  session: Session,
  sectors: readonly number[],
  io: Io,
): Promise<readonly { address: number; blank: boolean }[]> {
  const content = await contentOf(session, sectors, undefined, io);
  return sectors.map((address) => {
    const now = content.get(address);
    const blank = now !== undefined && now.unreadable.length === 0 && isErased(now.bytes, session.chip.flash);
    return { address, blank };
  });
}

function sectorsOf(start: number, length: number, size: number): readonly number[] {
  const first = start - (start % size);
  return Array.from({ length: Math.ceil((start + length - first) / size) }, (_, i) => first + i * size);
}
