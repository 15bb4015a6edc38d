import type { FlashPlan } from "../flash/plan.ts";
import type { PhaseTimes } from "../flash/progress.ts";
import type { SectorPlan } from "../flash/sector-plan.ts";
import { contentsMatch, downloadReport, type EraseTimes, type PhaseReport } from "./texts/v7-86e/flash.ts";

/** The chips that we know have one bank of flash that J-Link counts. */
const BANK = 0;

/** J-Link's report of a download: real phase times, on the session's clock; sizes in whole sectors. */
export function downloadLines({ chip, sectors }: FlashPlan, times: PhaseTimes): readonly string[] {
  const { start, sectorSize } = chip.flash;
  const affected = sectors.filter(({ action }) => action !== "unchanged");
  if (affected.length === 0) return contentsMatch(BANK, start);
  const ranges = countRanges(affected, sectorSize);
  const bank = { index: BANK, base: start, ranges, bytes: affected.length * sectorSize };
  return downloadReport({ banks: [bank], totalSeconds: total(times), phases: phasesOf(times) });
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

/** Neighbouring sectors are one range. */
function countRanges(sectors: readonly SectorPlan[], size: number): number {
  const addresses = new Set(sectors.map(({ address }) => address));
  return [...addresses].filter((address) => !addresses.has(address - size)).length;
}
