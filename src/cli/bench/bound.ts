import type { Chip } from "../../chips/chip.ts";
import { sectorAt } from "../../chips/sectors.ts";
import { mayGroup } from "../../flash/plan/grouped-erase.ts";
import type { FlashPlan } from "../../flash/plan/plan.ts";
import type { FlashStep } from "../../flash/plan/steps.ts";

/** Clocks of the wire for a word: request, turnarounds, acknowledge, data and parity (ADIv5.2, B4.2). */
const CLOCKS_A_WORD = 46;
const WORD = 4;

/** Milliseconds that bytes need on the wire at a speed, whatever the probe. */
export const wireMs = (bytes: number, hz: number): number => ((bytes / WORD) * CLOCKS_A_WORD * 1_000) / hz;

/**
 * What a job can't be faster than, in milliseconds: the larger of the times of its flash commands, by the fastest erase that
 * is permitted, and of its bytes on the wire.
 */
export function boundOf({ steps, chip }: Pick<FlashPlan, "steps" | "chip">, hz: number): number {
  const flash = steps.reduce((sum, step) => sum + flashMs(step), 0) - savedByBankErase(chip, steps);
  const bytes = steps.reduce((sum, step) => sum + ("bytes" in step ? step.bytes.length : 0), 0);
  return Math.max(flash, wireMs(bytes, hz));
}

/** What a bank's own erase would save where each of its sectors is erased, and the command loses nothing more. */
function savedByBankErase(chip: Chip, steps: readonly FlashStep[]): number {
  return chip.banks.reduce((sum, bank) => {
    const { eraseBankMs } = bank.times;
    const own = steps.filter((step) => step.bank === bank && step.step === "erase-sector");
    const isWhole = bank.sectors.length > 0 && own.length === bank.sectors.reduce((all, { count }) => all + count, 0);
    if (!isWhole || eraseBankMs === undefined || bank.eraseReaches?.length || !mayGroup(chip, bank)) return sum;
    const oneByOne = own.reduce((all, step) => all + flashMs(step), 0);
    return sum + Math.max(0, oneByOne - eraseBankMs);
  }, 0);
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
