import { vectorsAt } from "../../chips/banks.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { isErased } from "../../flash/content.ts";
import type { FlashPlan } from "../../flash/plan/plan.ts";
import type { PhaseTimes } from "../../flash/progress.ts";
import type { SectorPlan } from "../../flash/plan/sector-plan.ts";
import { downloadBanks } from "../target/on-chip.ts";
import { contentsMatch, downloadReport, type EraseTimes, type PhaseReport } from "../texts/v7-86e/flash.ts";

/** J-Link's report of a download: real phase times, on the session's clock; sizes in whole sectors. */
export function downloadLines({ chip, sectors, steps }: FlashPlan, times: PhaseTimes): readonly string[] {
  const touched = downloadBanks(chip).flatMap((bank, index) => {
    const own = sectors.filter((sector) => sector.bank === bank);
    return own.length > 0 ? [{ index, bank, ranges: affectedRanges(own) }] : [];
  });
  const changed = touched.filter(({ ranges }) => ranges.length > 0);
  const [first] = touched;
  if (changed.length === 0) return contentsMatch(first?.index ?? 0, first?.bank.start ?? vectorsAt(chip));
  const banks = changed.map(({ index, bank, ranges }) => bankReport(index, bank, ranges));
  return downloadReport({ banks, totalSeconds: total(times), phases: phasesOf(times, steps) });
}

const bankReport = (index: number, { start }: FlashBank, ranges: readonly (readonly SectorPlan[])[]) => ({
  index,
  base: start,
  ranges: ranges.length,
  bytes: ranges.flat().reduce((sum, { content }) => sum + content.length, 0),
});

/**
 * Neighbouring sectors that change are one range. Blank sectors of the image between two of them belong to it: the file
 * names them, and J-Link counts the file's length [L V7.86e, (unsure) for sectors that are blank already].
 */
function affectedRanges(sectors: readonly SectorPlan[]): readonly (readonly SectorPlan[])[] {
  const candidates = sectors.filter((sector) => changes(sector) || isErased(sector.content, sector.bank));
  const runs = neighbours([...candidates].sort((a, b) => a.address - b.address));
  return runs.map((run) => run.slice(run.findIndex(changes), run.findLastIndex(changes) + 1)).filter(hasAny);
}

const changes = ({ action }: SectorPlan): boolean => action !== "unchanged";

const hasAny = (run: readonly SectorPlan[]): boolean => run.length > 0;

function neighbours(sorted: readonly SectorPlan[]): readonly SectorPlan[][] {
  const runs: SectorPlan[][] = [];
  for (const sector of sorted) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && last.address + last.content.length === sector.address) run.push(sector);
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

/**
 * Phases that took no time didn't happen, but for an erase whose steps went out with the data behind them: its time is that
 * of the programming.
 */
function phasesOf(times: PhaseTimes, steps: FlashPlan["steps"]): readonly PhaseReport[] {
  const hasErase = steps.some(({ step }) => step !== "program");
  const all: readonly (readonly [PhaseReport["name"], number])[] = [
    ["Prepare", times.setup],
    ["Compare", times.compare],
    ["Erase", times.erase],
    ["Program & Verify", times.program + times.verify],
    ["Restore", times.restore],
  ];
  return all
    .filter(([name, ms]) => ms > 0 || (name === "Erase" && hasErase))
    .map(([name, ms]) => ({ name, seconds: ms / 1_000 }));
}
