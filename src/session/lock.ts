// Kinetis only: moves to the family's folder when there is more than one (docs/architecture.md, "Chip-specific code").
import type { AccessPort } from "../adi/access-port.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { WaitError } from "../base/errors.ts";
import { type LockState, lockStateFromMdm } from "../protection/lock-state.ts";
import { MDM_STATUS } from "../families/kinetis-ftfe/registers-mdm-ap.ts";
import { lockPort, type ScannedPort } from "./lock-port.ts";

/** What looks in a row have shown. */
interface Looks {
  /** The look that says most: one in reset and certain, one that is certain, else the first. */
  readonly lock: LockState;
  /** How often the flash controller started anew while it was read, which it does in each reset. */
  readonly resets: number;
}

/**
 * Whether the chip is locked, read without touching its memory: looks in a row, longer than one round of a chip that
 * resets over and over. A single look per turn would meet such a chip at the same point of its round for ever.
 */
async function lookAround(port: AccessPort, io: Io): Promise<Looks> {
  const look = { op: "read", address: MDM_STATUS.address, count: LOOKS } as const;
  const words = [...(await port.run([look], io))];
  const certain = words.filter(isReady);
  const best = certain.find((word) => (word & OUT_OF_RESET) === 0) ?? certain[0] ?? words[0];
  const resets = words.filter((word, i) => i > 0 && !isReady(word) && isReady(words[i - 1])).length;
  return { lock: lockStateFromMdm(best), resets };
}

const FLASH_READY = MDM_STATUS.mask("FLASH_READY");
const OUT_OF_RESET = MDM_STATUS.mask("SYSTEM_RESET");
const isReady = (word: number): boolean => (word & FLASH_READY) !== 0;

/** At 4 MHz a look takes 11.5 us, and a round of a blank K24 about 150 us (unsure). */
const LOOKS = 15;

/** A chip that was seen to reset so often, within a few milliseconds, does it over and over. */
const MANY_RESETS = 4;

/**
 * The lock state once the flash controller has started: until then the status says "secure" on every chip.
 *
 * The answer may be in reset still: a chip that resets over and over (blank vectors) never gets out. Where the flash
 * never became ready, the last look is the answer, and `certain` is false. Undefined where the target has no port like
 * the chip's: then nothing was touched.
 */
export async function settledLock(
  on: ScannedPort & { readonly clock: Clock },
  io: Io = {},
): Promise<LockState | undefined> {
  const { clock } = on;
  const port = lockPort(on);
  if (!port) return undefined;
  let { lock: last, resets } = await lookAround(port, io);
  const limits = within(clock, SETTLE_LIMIT_MS, io);
  const settled = pollUntil(clock, { ...limits, everyUs: 0, what: "the flash controller to start" }, async () => {
    const { lock, resets: more } = await lookAround(port, io);
    if (lock.certain || !last.certain) last = lock;
    resets += more;
    return (lock.certain && !lock.inReset) || resets >= MANY_RESETS ? last : undefined;
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
