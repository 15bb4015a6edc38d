import type { DebugPort } from "../adi/debug-port.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import type { Chip } from "../chips/chip.ts";
import { type LockState, lockStateFromMdm } from "../protection/lock-state.ts";
import { MDM_AP_INDEX, MDM_STATUS } from "../registers/mdm-ap.ts";

/** Whether the chip is locked, read without touching its memory. */
export async function readLock(dp: DebugPort, _chip: Chip, io: Io = {}): Promise<LockState> {
  return lockStateFromMdm(await dp.accessPort(MDM_AP_INDEX).read(MDM_STATUS.address, io));
}

/**
 * The lock state once the flash controller has started: until then the status says "secure" on every chip.
 * A chip that keeps resetting (blank vectors) never settles; the last look is the answer then.
 */
export async function settledLock(
  on: { dp: DebugPort; clock: Clock; chip?: Chip },
  io: Io = {},
): Promise<LockState | undefined> {
  const { dp, clock, chip } = on;
  if (!chip) return undefined;
  let last = await readLock(dp, chip, io);
  const limits = within(clock, SETTLE_LIMIT_MS, io);
  const settled = pollUntil(clock, { ...limits, everyUs: 200, what: "the flash controller to start" }, async () => {
    last = await readLock(dp, chip, io);
    return last.certain && !last.inReset ? last : undefined;
  });
  return settled.catch(() => last);
}

/** Flash initialisation takes tens to hundreds of microseconds after a reset (k24.md 4.1). */
const SETTLE_LIMIT_MS = 50;
