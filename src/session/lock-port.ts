import type { AccessPort } from "../adi/access-port.ts";
import type { ApIdentity } from "../adi/ap-identity.ts";
import type { DebugPort } from "../adi/debug-port.ts";
import type { Chip } from "../chips/chip.ts";

/** A debug port, what the scan found behind it, and the chip that it is taken for. */
export interface ScannedPort {
  readonly dp: DebugPort;
  readonly aps: readonly ApIdentity[];
  readonly chip?: Chip;
}

/**
 * The access port that shows a chip's lock; undefined where the port on the wire has another IDR than the chip's.
 *
 * Every look at a lock, hold and unlock goes through this: on another family's port the same registers do other things
 * (on an nRF52, a write to register 4 of port 1 erases everything).
 */
export function lockPort({ dp, aps, chip }: ScannedPort): AccessPort | undefined {
  const port = chip?.debug.aps.find(({ kind }) => kind === "lock");
  const isThere = port && aps.some(({ index, idr }) => index === port.index && idr === port.idr);
  return isThere ? dp.accessPort(port.index) : undefined;
}
