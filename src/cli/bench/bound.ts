import { sectorAt } from "../../chips/sectors.ts";
import type { FlashPlan } from "../../flash/plan/plan.ts";
import type { FlashStep } from "../../flash/plan/steps.ts";

/** Clocks of the wire for a word: request, turnarounds, acknowledge, data and parity (ADIv5.2, B4.2). */
const CLOCKS_A_WORD = 46;
const WORD = 4;

/** Milliseconds that bytes need on the wire at a speed, whatever the probe. */
export const wireMs = (bytes: number, hz: number): number => ((bytes / WORD) * CLOCKS_A_WORD * 1_000) / hz;

/**
 * What a job can't be faster than, in milliseconds: the larger of the times of its flash commands and of its bytes on the
 * wire. `factor` scales erases and programs where the flash is slower than typical.
 */
export function boundOf({ steps }: Pick<FlashPlan, "steps">, hz: number): number {
  const flash = steps.reduce((sum, step) => sum + flashMs(step), 0);
  const bytes = steps.reduce((sum, step) => sum + ("bytes" in step ? step.bytes.length : 0), 0);
  return Math.max(flash, wireMs(bytes, hz));
}

function flashMs(step: FlashStep): number {
  const { bank } = step;
  const { times, write } = bank;
  const units = (bytes: number) => (bytes / write.unit) * times.programUnitUs;
  if (step.step === "program") {
    const { length } = step.bytes;
    return (length === write.unit ? units(length) : (length / write.burst.unit) * times.burstUnitUs) / 1_000;
  }
  const then = units(step.atOnce.reduce((sum, { bytes }) => sum + bytes.length, 0)) / 1_000;
  if (step.step === "ensure-blank") return then;
  if (step.step === "erase-block") return (bank.block?.eraseMs ?? 0) + then;
  const oneByOne = bank.sectors.reduce((sum, { count }, run) => sum + count * (times.eraseSectorMs[run] ?? 0), 0);
  const erase =
    step.step === "erase-bank"
      ? (times.eraseBankMs ?? oneByOne)
      : (times.eraseSectorMs[sectorAt(bank, step.address)?.run ?? 0] ?? 0);
  return erase + then;
}
