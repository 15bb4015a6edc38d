import type { DebugPort } from "../adi/debug-port.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { WaitError } from "../base/errors.ts";
import type { Chip } from "../chips/chip.ts";
import { type LockState, lockStateFromMdm } from "../protection/lock-state.ts";
import { MDM_AP_INDEX, MDM_STATUS } from "../registers/mdm-ap.ts";

/**
 * Whether the chip is locked, read without touching its memory: looks in a row, longer than one round of a chip that
 * resets over and over. A single look per turn would meet such a chip at the same point of its round for ever.
 */
export async function readLock(dp: DebugPort, _chip: Chip, io: Io = {}): Promise<LockState> {
  const look = { op: "read", address: MDM_STATUS.address, count: LOOKS } as const;
  const states = [...(await dp.accessPort(MDM_AP_INDEX).run([look], io))].map(lockStateFromMdm);
  const certain = states.filter((state) => state.certain);
  return certain.find((state) => state.inReset) ?? certain[0] ?? states[0];
}

/** At 4 MHz a look takes 11.5 us, and a round of a blank K24 about 150 us (unsure). */
const LOOKS = 15;

/**
 * The lock state once the flash controller has started: until then the status says "secure" on every chip.
 *
 * The answer may be in reset still: a chip that resets over and over (blank vectors) never gets out. Where the flash
 * never became ready, the last look is the answer, and `certain` is false.
 */
export async function settledLock(
  on: { dp: DebugPort; clock: Clock; chip?: Chip },
  io: Io = {},
): Promise<LockState | undefined> {
  const { dp, clock, chip } = on;
  if (!chip) return undefined;
  let last = await readLock(dp, chip, io);
  const limits = within(clock, SETTLE_LIMIT_MS, io);
  const settled = pollUntil(clock, { ...limits, everyUs: 0, what: "the flash controller to start" }, async () => {
    const look = await readLock(dp, chip, io);
    if (look.certain || !last.certain) last = look;
    return look.certain && !look.inReset ? look : undefined;
  });
  return settled.catch((error) => orTimedOut(error, last));
}

/** What stands in for an answer that did not come in time; any other error is none of the target's. */
export function orTimedOut<T>(error: unknown, last: T): T {
  if (error instanceof WaitError && error.code === "timeout") return last;
  throw error;
}

/** Flash initialisation takes tens to hundreds of microseconds after a reset (unsure). */
const SETTLE_LIMIT_MS = 50;
