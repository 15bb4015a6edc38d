import type { MemoryOp } from "../../adi/memory.ts";
import { unsteadyRead } from "../../adi/read-twice.ts";
import { HFSR } from "../../registers/faults.ts";
import type { Register } from "../../registers/register.ts";
import { CFSR, DEMCR, VTOR } from "../../registers/scs.ts";

const look = ({ address }: Register): MemoryOp => ({ op: "read", address, width: 32 });
const put = ({ address }: Register, value: number): MemoryOp => {
  return { op: "write", address, width: 32, value: value >>> 0 };
};

const KEPT = [look(DEMCR), look(VTOR)];

/** What `faultsCaught` has to know: what is given back is read twice. */
export const FAULT_LOOKS: readonly MemoryOp[] = [...KEPT, look(CFSR), look(HFSR), ...KEPT];

/** Accesses around code whose faults halt the core. */
export interface FaultsCaught {
  readonly begin: readonly MemoryOp[];
  readonly giveBack: readonly MemoryOp[];
}

/**
 * Has faults of code on the core halt it, with vectors of ours, so that no handler of the firmware's runs, and no fault
 * meets another where the firmware's vectors can't be read: that would lock the core up, and many chips are reset by it.
 * By the words of `FAULT_LOOKS`; throws `unsteady-read`.
 */
export function faultsCaught(
  [demcr, vtor, cfsr, hfsr, ...again]: ArrayLike<number> & Iterable<number>,
  vectors: number,
): FaultsCaught {
  if (demcr !== again[0]) throw unsteadyRead("DEMCR");
  if (vtor !== again[1]) throw unsteadyRead("VTOR");
  return {
    begin: [put(DEMCR, DEMCR.with(demcr, { VC_HARDERR: 1 })), put(VTOR, vectors)],
    // What a fault of ours has set in the status registers is cleared by writing ones; earlier faults stay noted.
    giveBack: [put(DEMCR, demcr), put(VTOR, vtor), put(CFSR, ~cfsr), put(HFSR, ~hfsr)],
  };
}
