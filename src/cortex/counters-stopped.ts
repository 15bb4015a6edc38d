import type { MemoryOp } from "../adi/memory.ts";
import { unsteadyRead } from "../adi/read-twice.ts";
import { type Clock, type Io, toTheEnd } from "../base/clock.ts";
import { andThen } from "../base/errors.ts";
import { DWT_CTRL } from "../registers/dwt.ts";
import type { Register } from "../registers/register.ts";
import { DEMCR, DFSR, SYST_CSR } from "../registers/scs.ts";
import type { Core } from "./core.ts";

/** Far more than a handful of words takes. */
const GIVE_BACK_MS = 5_000;

/** All reasons to halt in DFSR. */
const REASONS = 0x1f;
/** Of each register that is looked at: the bits that a look may change, or that nothing depends on. */
const FLAGS = [SYST_CSR.mask("COUNTFLAG"), 0, 0, 0];

const look = ({ address }: Register): MemoryOp => ({ op: "read", address, width: 32 });
const put = ({ address }: Register, value: number): MemoryOp => {
  return { op: "write", address, width: 32, value: value >>> 0 };
};

/**
 * Runs other code on a halted core while what counts with it stands still: SysTick, which would have a tick waiting for the
 * firmware, and the DWT's counters with the trace that they make. DFSR keeps no reason that this code has set.
 *
 * Throws `unsteady-read`, and what the work throws.
 */
export async function withCountersStopped<T>(
  { core, clock }: { readonly core: Core; readonly clock: Clock },
  io: Io,
  work: () => Promise<T>,
): Promise<T> {
  const looks = [look(SYST_CSR), look(DEMCR), look(DWT_CTRL), look(DFSR)];
  const words = await core.memory.run([...looks, ...looks], io);
  const [csr, demcr, dwt, dfsr] = words;
  const isSteady = words.slice(looks.length).every((word, i) => ((word ^ words[i]) & ~FLAGS[i]) === 0);
  if (!isSteady) throw unsteadyRead("A register of the core's counters");
  const isTicking = SYST_CSR.field(csr, "ENABLE") === 1;
  // Without TRCENA nothing of the DWT counts, and its registers may not answer.
  const isTraced = DEMCR.field(demcr, "TRCENA") === 1;
  const stops = [
    ...(isTicking ? [put(SYST_CSR, SYST_CSR.with(csr, { COUNTFLAG: 0, ENABLE: 0 }))] : []),
    ...(isTraced ? [put(DWT_CTRL, DWT_CTRL.with(dwt, { EXCTRCENA: 0, PCSAMPLENA: 0, CYCCNTENA: 0 }))] : []),
  ];
  const giveBack = [
    ...(isTicking ? [put(SYST_CSR, csr)] : []),
    ...(isTraced ? [put(DWT_CTRL, dwt)] : []),
    put(DFSR, ~dfsr & REASONS),
  ];
  const stopped = async () => {
    await core.memory.run(stops, io);
    return work();
  };
  return andThen(stopped, () => core.memory.run(giveBack, toTheEnd(clock, GIVE_BACK_MS, io)));
}
