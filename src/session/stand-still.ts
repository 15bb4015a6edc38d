import { readTwice } from "../adi/read-twice.ts";
import { type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import { FlashError } from "../flash/flash-error.ts";
import type { Permit } from "../flash/permit.ts";
import { fsecAddress } from "../protection/field.ts";
import { fsecText, judgeFsec } from "../protection/fsec.ts";
import { FSTAT } from "../families/kinetis-ftfe/registers-flash.ts";
import { lockedError } from "./locked.ts";
import { refuseOtherChip } from "./other-chip.ts";
import type { Session } from "./session.ts";

/** Why a job only halted the core: the security byte in flash, or undefined where that can't be read. */
export interface NotReset {
  readonly fsec: number | undefined;
}

/** Why a core was only halted, for people. */
export const notResetText = ({ fsec }: NotReset): string =>
  fsec === undefined
    ? "the core was halted, not reset: the security byte in flash can't be read, and a reset might lock the chip"
    : `the core was halted, not reset: FSEC ${fsecText(fsec)} stands in flash, and a reset would lock the chip`;

/** How the core is brought to a stand. */
export interface StandStill {
  /** Whether the chip is reset before (default); else the core is only halted. */
  readonly reset?: boolean;
  /** With `mass-erase` a chip that the reset locks is opened again by the job. */
  readonly permits?: readonly Permit[];
  /** Called where the core was only halted, because a reset would have locked the chip. */
  readonly onNotReset?: (why: NotReset) => void;
}

/**
 * Brings the core to a stand for a job that rewrites flash: by a reset, because running firmware may use the flash. A
 * chip that is open still, but whose security byte in flash would lock it at that reset, is only halted; where a flash
 * command hangs, which nothing but a reset ends, a mass erase has to be permitted. Throws `flash-busy` where it is not,
 * `target-locked` where the reset has locked the chip, `chip-mismatch` for another chip, which it leaves alone.
 */
export async function standStill(
  session: Session,
  { reset = true, permits = [], onNotReset }: StandStill,
  io: Io = {},
): Promise<void> {
  refuseOtherChip(session);
  const halt = () => session.core.halt(within(session.clock, HALT_MS, io));
  if (!reset) return halt();
  const notReset = await resetWouldLock(session, io);
  if (notReset && !(await hangsFlashCommand(session, io))) {
    onNotReset?.(notReset);
    return halt();
  }
  if (notReset && !permits.some(({ allows }) => allows === "mass-erase")) throw hangsBeforeLock(session, notReset);
  const lock = await session.reset("system", "halt", io);
  if (lock?.locked) throw lockedError(session.chip, lock, "The reset that this job began with has locked it. ");
}

/** Time for a flash command of the firmware's to end, in milliseconds; only the erase of a block takes longer. */
const COMMAND_MS = 1_000;

/** Whether CCIF stays 0 (K24 reference manual, FTFE, FSTAT): a command that hangs lasts until a reset. */
async function hangsFlashCommand({ core, chip, clock }: Session, io: Io): Promise<boolean> {
  const isIdle = async () => {
    const [fstat] = await core.memory.read(FSTAT.address, 1, 8, { signal: io.signal });
    return FSTAT.field(fstat, "CCIF") === 1 ? true : undefined;
  };
  const poll = { ...within(clock, COMMAND_MS, io), everyUs: 1_000, what: `the flash command of ${chip.name}` };
  return pollUntil(clock, poll, isIdle).then(
    () => false,
    (error) => {
      if (codeOf(error) === "timeout") return true;
      throw error;
    },
  );
}

/** The reset is the user's to decide: it may cost all that is on the chip. */
function hangsBeforeLock({ chip }: Session, { fsec }: NotReset): FlashError {
  const lock =
    fsec === undefined
      ? "the security byte can't be read until then, so that reset might lock the chip"
      : `FSEC ${fsecText(fsec)} in flash would lock the chip at it`;
  const text = `A flash command hangs on the ${chip.name}, which only a reset ends, and ${lock}; a mass erase, which would open it again, was not allowed`;
  return new FlashError("flash-busy", text);
}

/** A core halts within microseconds, and some round trips with the probe, of 0.1 s on a slow machine. */
const HALT_MS = 1_000;

/**
 * Whether an open chip would come out of its next reset locked, as the security byte in its flash says; a byte that
 * can't be read (a phrase with a broken ECC) counts as one that locks. Undefined where it would stay open.
 */
export async function resetWouldLock(session: Session, io: Io = {}): Promise<NotReset | undefined> {
  try {
    const [fsec] = await readTwice(session.core.memory, fsecAddress(session.chip), 1, io);
    return judgeFsec(fsec) === "open" ? undefined : { fsec };
  } catch (error) {
    if (codeOf(error) !== "memory-fault") throw error;
    return { fsec: undefined };
  }
}
