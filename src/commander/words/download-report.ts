import type { FlashGeometry } from "../../chips/chip.ts";
import { isErased } from "../../flash/content.ts";
import type { FlashPlan } from "../../flash/plan.ts";
import type { PhaseTimes } from "../../flash/progress.ts";
import type { SectorPlan } from "../../flash/sector-plan.ts";
import { contentsMatch, downloadReport, type EraseTimes, type PhaseReport } from "../texts/v7-86e/flash.ts";

/** The chips that we know have one bank of flash that J-Link counts. */
const BANK = 0;

/** J-Link's report of a download: real phase times, on the session's clock; sizes in whole sectors. */
export function downloadLines({ chip, sectors }: FlashPlan, times: PhaseTimes): readonly string[] {
  const { start, sectorSize } = chip.flash;
  const ranges = affectedRanges(sectors, chip.flash);
  if (ranges.length === 0) return contentsMatch(BANK, start);
  const bytes = ranges.reduce((sum, range) => sum + range.length, 0) * sectorSize;
  const bank = { index: BANK, base: start, ranges: ranges.length, bytes };
  return downloadReport({ banks: [bank], totalSeconds: total(times), phases: phasesOf(times) });
}

/**
 * Neighbouring sectors that change are one range. Blank sectors of the image between two of them belong to it: the file
 * names them, and J-Link counts the file's length [L V7.86e, (unsure) for sectors that are blank already].
 */
function affectedRanges(sectors: readonly SectorPlan[], flash: FlashGeometry): readonly (readonly SectorPlan[])[] {
  const candidates = sectors.filter((sector) => changes(sector) || isErased(sector.content, flash));
  const runs = neighbours(
    [...candidates].sort((a, b) => a.address - b.address),
    flash.sectorSize,
  );
  return runs.map((run) => run.slice(run.findIndex(changes), run.findLastIndex(changes) + 1)).filter(hasAny);
}

const changes = ({ action }: SectorPlan): boolean => action !== "unchanged";

const hasAny = (run: readonly SectorPlan[]): boolean => run.length > 0;

function neighbours(sorted: readonly SectorPlan[], size: number): readonly SectorPlan[][] {
  const runs: SectorPlan[][] = [];
  for (const sector of sorted) {
    const last = runs.at(-1);
    if (last?.at(-1)?.address === sector.address - size) last.push(sector);
    else runs.push([sector]);
  }
  return runs;
}

/** The seconds of an erase by J-Link's phases. */
export const eraseTimes = (times: PhaseTimes): EraseTimes => ({
  Prepare: times.setup / 1_000,
  Compare: times.compare / 1_000,
  Erase: times.erase / 1_000,
  Program: times.program / 1_000,
  Verify: times.verify / 1_000,
  Restore: times.restore / 1_000,
});

/** All phases together, in seconds. */
export const total = (times: PhaseTimes): number => Object.values(times).reduce((sum, ms) => sum + ms, 0) / 1_000;

/** Phases that took no time didn't happen. */
function phasesOf(times: PhaseTimes): readonly PhaseReport[] {
  const all: readonly (readonly [PhaseReport["name"], number])[] = [
    ["Prepare", times.setup],
    ["Compare", times.compare],
    ["Erase", times.erase],
    ["Program & Verify", times.program + times.verify],
    ["Restore", times.restore],
  ];
  return all.filter(([, ms]) => ms > 0).map(([name, ms]) => ({ name, seconds: ms / 1_000 }));
}
