import type { Io } from "../base/clock.ts";
import { address32 } from "../base/u32.ts";
import type { FlashBank } from "../chips/flash-bank.ts";
import { overlap, type Sector, sectorAt, sectorsIn } from "../chips/sectors.ts";
import type { Readable } from "./content.ts";
import { FlashError } from "./flash-error.ts";
import type { FlashPlan } from "./plan/plan.ts";
import type { FlashStep } from "./plan/steps.ts";

/**
 * Reads the sectors that a plan has erased and put nothing into, in banks whose loader does not look at what it erased:
 * such a controller may do nothing, and report nothing. Throws `verify-differs` with the first bit that is left, and what
 * `memory` throws.
 */
export async function verifyErased(
  memory: Readable,
  { steps }: Pick<FlashPlan, "steps">,
  isUnproven: (bank: FlashBank) => boolean,
  io: Io = {},
): Promise<void> {
  const writes = steps.flatMap(writesOf);
  const erased = steps.flatMap(erasedBy).filter(({ bank }) => isUnproven(bank));
  for (const { bank, address, size } of erased) {
    if (writes.some((write) => overlap(write, { start: address, length: size }))) continue;
    const bytes = await memory.read(address, size, 32, io);
    const left = bytes.findIndex((byte) => byte !== bank.erased);
    if (left >= 0) throw notErased(address + left);
  }
}

const writesOf = (step: FlashStep) =>
  (step.step === "program" ? [step] : step.atOnce).map(({ address, bytes }) => ({
    start: address,
    length: bytes.length,
  }));

function erasedBy(step: FlashStep): readonly Sector[] {
  const { bank } = step;
  if (step.step === "erase-bank") {
    if (bank.sectors.length > 0) return sectorsIn(bank, bank);
    return [{ bank, address: bank.start, size: bank.length, run: 0 }];
  }
  if (step.step === "program") return [];
  if (step.step === "erase-block") return sectorsIn(bank, { start: step.address, length: step.length });
  const sector = sectorAt(bank, step.address);
  return sector ? [sector] : [];
}

function notErased(at: number): FlashError {
  const address = address32(at);
  const text = `The flash at ${address} was erased, and programmed bits are left there`;
  return new FlashError("verify-differs", text, { details: { address } });
}
