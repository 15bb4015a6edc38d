import type { FlashPlan } from "./plan.ts";
import type { FlashStep } from "./steps.ts";

/**
 * How long a power cut locks the chip while a whole bank is erased: from the erase's beginning until what keeps the
 * chip open is programmed, in milliseconds of typical times; undefined where no such erase leaves a lock behind. Pure.
 */
export function lockWindowMs({ steps }: Pick<FlashPlan, "steps">): number | undefined {
  const windows = steps.flatMap((step) => (step.step === "erase-bank" ? windowOf(step) : []));
  return windows.length === 0 ? undefined : windows.reduce((sum, ms) => sum + ms, 0);
}

function windowOf({ bank, atOnce }: Extract<FlashStep, { step: "erase-bank" }>): readonly number[] {
  if (atOnce.length === 0) return [];
  const { times, write, sectors } = bank;
  const units = atOnce.reduce((sum, { bytes }) => sum + bytes.length / write.unit, 0);
  // Without a command for the bank, its sectors with such bytes are erased one by one, at the end.
  const erase =
    times.eraseBankMs ?? atOnce.length * Math.max(...sectors.map((_, run) => times.eraseSectorMs[run] ?? 0));
  return [erase + (units * times.programUnitUs) / 1_000];
}
