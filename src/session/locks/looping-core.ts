import type { AccessPort } from "../../adi/access-port.ts";
import type { BatchMemory } from "../../adi/memory.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { pollUntil } from "../../base/deadlines.ts";
import type { CoreHold } from "../../chips/protection-scheme.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import type { LockState } from "../../protection/lock-state.ts";
import { DEMCR, DHCSR, DHCSR_DBGKEY } from "../../registers/scs.ts";
import { lookOnce, orTimedOut } from "./lock.ts";
import type { LockSource } from "./lock-source.ts";

/**
 * Holds the core of a chip that resets over and over (its vectors are blank, or can't be read) at the end of one of
 * these resets, so that its bus stays reachable. Only an open chip can be held; the answer says which it is. A family
 * without such a hold leaves the chip as it is.
 */
export async function holdCore(
  on: { readonly found: LockSource; readonly clock: Clock },
  last: LockState,
  io: Io = {},
): Promise<LockState> {
  const { found, clock } = on;
  const { hold } = found.scheme.lock;
  const { port } = found;
  if (!hold || !port) return last;
  let lock = last;
  const words = Array.from({ length: hold.writes }, () => hold.bit);
  const holdWrites = { op: "write", address: hold.register, words } as const;
  await port.run([holdWrites], io);
  await clock.sleep(hold.roundUs, io.signal);
  const limits = { ...within(clock, hold.catchMs, io), everyUs: 0, what: "the chip to hold still" };
  const caught = pollUntil(clock, limits, async () => {
    await port.run([holdWrites], io);
    lock = await lookOnce(found, io);
    return lock.certain && !lock.inReset ? lock : undefined;
  });
  return caught.catch((error) => orTimedOut(error, lock));
}

/** Codes of a bus that was there and is gone again, as that of a chip that resets over and over is. */
export const BUS_IS_GONE: readonly string[] = [
  "memory-fault",
  "core-not-found",
  "rom-table-broken",
  "core-halt-failed",
];

/** Lets a core go that `holdCore` holds. */
export async function endHold({ port, scheme }: LockSource, io: Io = {}): Promise<void> {
  const { hold } = scheme.lock;
  if (hold && port) await release(port, hold, io);
}

/**
 * Ends a hold that a session before this one has left behind: the core would not come out of its next reset. `seen` is what
 * the register held at a look just before.
 */
export async function endLeftHold({ port, scheme }: LockSource, seen: number | undefined, io: Io = {}): Promise<void> {
  const { hold } = scheme.lock;
  if (!hold || !port) return;
  const word = seen ?? (await port.read(hold.register, io));
  if ((word & hold.bit) !== 0) await release(port, hold, io);
}

const release = (port: AccessPort, { register }: CoreHold, io: Io): Promise<void> => port.write(register, 0, io);

/** Stops a core that is held in reset before its first instruction; `release` ends what holds it. */
export async function stopHeldCore(core: CortexCore, release: () => Promise<unknown>, io: Io = {}): Promise<void> {
  const { memory } = core;
  const halt = write(DHCSR.address, DHCSR_DBGKEY | DHCSR.of({ C_DEBUGEN: 1, C_HALT: 1 }));
  await memory.run([halt, write(DEMCR.address, DEMCR.of({ VC_CORERESET: 1 }))], io);
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
