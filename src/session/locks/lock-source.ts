import type { AccessPort } from "../../adi/access-port.ts";
import type { ApIdentity } from "../../adi/ap-identity.ts";
import type { DebugPort } from "../../adi/debug-port.ts";
import { MemAp } from "../../adi/mem-ap.ts";
import type { BatchMemory } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";
import type { Chip } from "../../chips/chip.ts";
import { type Locked, lockPlaces } from "../../protection/lock-state.ts";
import { type ChipMatch, hasPortsOf } from "../detection/match-chip.ts";
import { corePort } from "../open-core.ts";

/** A debug port, what the scan found behind it, and the chip that it is taken for. */
export interface ScannedPort {
  readonly dp: DebugPort;
  readonly aps: readonly ApIdentity[];
  readonly chip?: Chip;
  /** Whether the chip's registers say so; absent: not read yet. */
  readonly match?: ChipMatch;
  /** The chip is one of several that it may be: memory is not read for it. */
  readonly isGuess?: boolean;
}

/** Where a chip's lock shows, and how: on an access port of its own, in memory, or both. */
export interface LockSource {
  readonly scheme: Locked;
  readonly port?: AccessPort;
  /** Opens the memory behind the core's port. */
  readonly memory?: (io: Io) => Promise<BatchMemory>;
}

/**
 * Where a chip's lock shows on the target; undefined where the chip's locks are unknown, show nowhere, or where the target
 * is another chip: the port on the wire has another IDR than the family's, its registers identify another one.
 *
 * Every look at a lock, hold and unlock goes through this: on another family's port the same registers do other things
 * (a family has the erase of everything where another one has its control register).
 */
export function lockSource(scanned: ScannedPort): LockSource | undefined {
  const { dp, aps, chip, match, isGuess = false } = scanned;
  const { lock, exits = [] } = chip?.protection ?? {};
  if (!chip || !lock || hasForeignPort(scanned)) return undefined;
  const scheme = { lock, exits };
  const port = lock.port && { port: dp.accessPort(lock.port.index) };
  if (!lockPlaces(lock).some(({ on }) => on === "memory")) return { scheme, ...port };
  const ahb = corePort(aps, chip);
  if (!ahb || isGuess || match === "no" || !hasPortsOf(chip, dp.id, aps)) return port && { scheme, ...port };
  return { scheme, ...port, memory: (io) => MemAp.open(dp.accessPort(ahb.index), io) };
}

/** Whether the port that shows the chip's lock is another one than the family's: then so is the chip. */
export function hasForeignPort({ aps, chip }: ScannedPort): boolean {
  const wanted = chip?.protection?.lock?.port;
  return wanted !== undefined && !aps.some(({ index, idr }) => index === wanted.index && idr === wanted.idr);
}
