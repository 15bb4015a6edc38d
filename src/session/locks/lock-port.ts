import type { AccessPort } from "../../adi/access-port.ts";
import type { ApIdentity } from "../../adi/ap-identity.ts";
import type { DebugPort } from "../../adi/debug-port.ts";
import type { Chip } from "../../chips/chip.ts";
import type { Locked } from "../../protection/lock-state.ts";

/** A debug port, what the scan found behind it, and the chip that it is taken for. */
export interface ScannedPort {
  readonly dp: DebugPort;
  readonly aps: readonly ApIdentity[];
  readonly chip?: Chip;
}

/** The access port that shows a chip's lock, and how it shows there. */
export interface LockPort {
  readonly port: AccessPort;
  readonly scheme: Locked;
}

/**
 * The access port that shows a chip's lock; undefined where the chip's locks are unknown, show nowhere, or where the
 * port on the wire has another IDR than the family's.
 *
 * Every look at a lock, hold and unlock goes through this: on another family's port the same registers do other things
 * (a family has the erase of everything where another one has its control register).
 */
export function lockPort({ dp, aps, chip }: ScannedPort): LockPort | undefined {
  const { lock, exits = [] } = chip?.protection ?? {};
  const wanted = lock?.port;
  if (!lock || !wanted || !aps.some(({ index, idr }) => index === wanted.index && idr === wanted.idr)) return undefined;
  return { port: dp.accessPort(wanted.index), scheme: { lock, exits } };
}

/** Whether the port that shows the chip's lock is another one than the family's: then so is the chip. */
export const hasForeignPort = (scanned: ScannedPort): boolean =>
  scanned.chip?.protection?.lock?.port !== undefined && lockPort(scanned) === undefined;
