// Kinetis only: moves to the family's folder when there is more than one (docs/architecture.md, "Chip-specific code").
import type { AccessPort } from "../adi/access-port.ts";
import type { BatchMemory } from "../adi/memory.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import { type LockState, lockStateFromMdm } from "../protection/lock-state.ts";
import { MDM_CONTROL, MDM_STATUS } from "../families/kinetis-ftfe/registers-mdm-ap.ts";
import { orTimedOut } from "./lock.ts";
import { DEMCR, DHCSR, DHCSR_DBGKEY } from "../registers/scs.ts";

/** The hold takes effect at the next reset: a chip that locks up does one at least every few milliseconds. */
const LOOP_US = 5_000;

/**
 * Writes in a row, 11.5 us each at 4 MHz: the chip accepts none while its flash starts, which is tens of microseconds of
 * each round (unsure), and a round trip with the probe may hit it at the same point of each reset for ever.
 */
const HOLD_WRITES = 12;

/** Time for a chip that resets over and over to be caught between two resets, in milliseconds. */
const CATCH_MS = 3_000;

/**
 * Holds the core of a chip that resets over and over (its vectors are blank, or can't be read) at the end of one of
 * these resets, so that its bus stays reachable. Only an open chip can be held; the answer says which it is.
 * Source: OpenOCD kinetis.c, mdm halt.
 */
export async function holdCore(
  on: { port: AccessPort; clock: Clock },
  last: LockState,
  io: Io = {},
): Promise<LockState> {
  const hold = MDM_CONTROL.of({ CORE_HOLD_RESET: 1 });
  let lock = last;
  const holdWrites = {
    op: "write",
    address: MDM_CONTROL.address,
    words: Array.from({ length: HOLD_WRITES }, () => hold),
  } as const;
  await on.port.run([holdWrites], io);
  await on.clock.sleep(LOOP_US, io.signal);
  const caught = pollUntil(
    on.clock,
    { ...within(on.clock, CATCH_MS, io), everyUs: 0, what: "the chip to hold still" },
    async () => {
      await on.port.run([holdWrites], io);
      lock = lockStateFromMdm(await on.port.read(MDM_STATUS.address, io));
      return lock.certain && !lock.inReset ? lock : undefined;
    },
  );
  return caught.catch((error) => orTimedOut(error, lock));
}

/** Lets a core go that `holdCore` holds. */
export const endHold = (port: AccessPort, io: Io = {}): Promise<void> => port.write(MDM_CONTROL.address, 0, io);

/** Ends a hold that a session before this one has left behind: the core would not come out of its next reset. */
export async function endLeftHold(port: AccessPort, io: Io = {}): Promise<void> {
  const control = await port.read(MDM_CONTROL.address, io);
  if (MDM_CONTROL.field(control, "CORE_HOLD_RESET") === 1) await endHold(port, io);
}

/** Stops a core that is held in reset before its first instruction; `release` ends what holds it. */
export async function stopHeldCore(core: CortexCore, release: () => Promise<unknown>, io: Io = {}): Promise<void> {
  const { memory } = core;
  await memory.run([write(DHCSR.address, DHCSR_DBGKEY | DHCSR.of({ C_DEBUGEN: 1, C_HALT: 1 }))], io);
  await memory.run([write(DEMCR.address, DEMCR.of({ VC_CORERESET: 1 }))], io);
  await release();
  await core.halt(io);
  await memory.run([write(DEMCR.address, 0)], io);
}

const write = (address: number, value: number): Parameters<BatchMemory["run"]>[0][number] => ({
  op: "write",
  address,
  width: 32,
  value: value >>> 0,
});
