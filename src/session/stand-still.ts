import type { BatchMemory } from "../adi/memory.ts";
import { lookTwice, seenTwice, twoLooks } from "../adi/read-twice.ts";
import { type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import type { Chip } from "../chips/chip.ts";
import type { ResetGuard } from "../cortex/core-reset.ts";
import { FlashError } from "../flash/flash-error.ts";
import type { Permit } from "../flash/permit.ts";
import { familyOf } from "../families/list.ts";
import { lockingFields } from "../protection/chip-fields.ts";
import type { LockState } from "../protection/lock-state.ts";
import { holds, type PlacedField, readField, valueText } from "../protection/field-value.ts";
import { lockedError, refuseLocked } from "./locks/locked.ts";
import { refuseOtherChip } from "./detection/other-chip.ts";
import type { Session } from "./session.ts";

/** Why a job only halted the core: a field in flash, or one whose value can't be read. */
export interface NotReset {
  /** The field's name in the manual, and what it is: `security byte`. */
  readonly field: string;
  readonly what: string;
  /** Its value in words: `0x7B (secured)`; undefined where that can't be read. */
  readonly value: string | undefined;
}

/** Why a core was only halted, for people. */
export const notResetText = ({ field, what, value }: NotReset): string =>
  value === undefined
    ? `the core was halted, not reset: the ${what} in flash can't be read, and a reset might lock the chip`
    : `the core was halted, not reset: ${field} ${value} stands in flash, and a reset would lock the chip`;

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
 * `target-locked` where the reset has locked the chip, `chip-mismatch` for another chip, which it leaves alone. Answers
 * whether the chip was reset: only then another reset may end what goes wrong.
 */
export async function standStill(
  session: Session,
  { reset = true, permits = [], onNotReset }: StandStill,
  io: Io = {},
): Promise<boolean> {
  refuseOtherChip(session);
  refuseLocked(session);
  const halt = async () => {
    await session.core.halt(within(session.clock, HALT_MS, io));
    await session.afterHalt(io);
    return false;
  };
  if (!reset) return halt();
  const reached = await resetUnlessLocking(session, io);
  const { notReset } = reached;
  if (notReset && !(await hangsFlashCommand(session, io))) {
    onNotReset?.(notReset);
    return halt();
  }
  if (notReset && !permits.some(({ allows }) => allows === "mass-erase")) throw hangsBeforeLock(session, notReset);
  const lock = notReset ? await session.reset("system", "halt", io) : reached.lock;
  if (lock?.locked) throw lockedError(session.chip, lock, "The reset that this job began with has locked it. ");
  return true;
}

/** Time for a flash command of the firmware's to end, in milliseconds; only the erase of a block takes longer. */
const COMMAND_MS = 1_000;

/** Whether a flash command hangs: it lasts until a reset. Never, where the family has no such command. */
async function hangsFlashCommand({ core, chip, clock }: Session, io: Io): Promise<boolean> {
  const idle = familyOf(chip)?.flashIdle;
  if (!idle) return false;
  const isIdle = async () => {
    const bytes = await core.memory.read(idle.address, idle.width / 8, idle.width, { signal: io.signal });
    const value = bytes.reduce((sum, byte, i) => sum + byte * 2 ** (8 * i), 0);
    return holds(idle, value) ? true : undefined;
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
function hangsBeforeLock({ chip }: Session, { field, what, value }: NotReset): FlashError {
  const lock =
    value === undefined
      ? `the ${what} can't be read until then, so that reset might lock the chip`
      : `${field} ${value} in flash would lock the chip at it`;
  const text = `A flash command hangs on the ${chip.name}, which only a reset ends, and ${lock}; a mass erase, which would open it again, was not allowed`;
  return new FlashError("flash-busy", text);
}

/** A core halts within microseconds, and some round trips with the probe, of 0.1 s on a slow machine. */
const HALT_MS = 1_000;

/** What became of a reset: what the lock is behind it, or why it was not made. */
interface Reached {
  readonly lock?: LockState | undefined;
  readonly notReset?: NotReset;
}

/** Resets and halts a chip that would not come out of that locked; the fields that say so are read in its first batch. */
async function resetUnlessLocking(session: Session, io: Io): Promise<Reached> {
  const { chip } = session;
  const fields = fieldsAtReset(chip);
  const looks = fields.flatMap(({ field }) => twoLooks(field.address, field.width));
  const check: ResetGuard["check"] = async (words, memory, part) => {
    const notReset = words ? lockingIn(fields, words) : await wouldLock(memory, chip, part);
    if (notReset) throw new WouldLock(notReset);
  };
  try {
    return { lock: await session.reset("system", "halt", io, { looks, check }) };
  } catch (error) {
    if (error instanceof WouldLock) return { notReset: error.why };
    throw error;
  }
}

/** Why a guard has stopped a reset, on its way to who asked for it. */
class WouldLock extends Error {
  readonly why: NotReset;

  constructor(why: NotReset) {
    super("the reset would lock the chip");
    this.why = why;
  }
}

/**
 * Whether an open chip would come out of its next reset locked, as a field in its flash says; one that can't be read
 * (a write unit with a broken ECC) counts as one that locks. Undefined where it would stay open, and where nothing is
 * known of the chip's locks.
 */
export const resetWouldLock = ({ core, chip }: Session, io: Io = {}): Promise<NotReset | undefined> =>
  wouldLock(core.memory, chip, io);

async function wouldLock(memory: BatchMemory, chip: Chip, io: Io): Promise<NotReset | undefined> {
  for (const placed of fieldsAtReset(chip)) {
    const { name, what, address, width } = placed.field;
    try {
      const locking = lockingBy(placed, await lookPatiently(memory, address, width, io));
      if (locking) return locking;
    } catch (error) {
      if (codeOf(error) !== "memory-fault") throw error;
      return { field: name, what, value: undefined };
    }
  }
  return undefined;
}

/** A chip that resets over and over refuses accesses while it is in reset; a broken write unit refuses each of them. */
const TRIES = 8;

async function lookPatiently(memory: BatchMemory, address: number, width: number, io: Io): Promise<Uint8Array> {
  for (let tries = 1; ; tries++)
    try {
      return await lookTwice(memory, address, width, io);
    } catch (error) {
      if (codeOf(error) !== "memory-fault" || tries === TRIES) throw error;
    }
}

/** The fields that count from a reset on. */
const fieldsAtReset = (chip: Chip): readonly PlacedField[] =>
  lockingFields(chip).filter(({ field }) => field.effective === "reset");

/** The first of the fields that would lock the chip, by two looks at each. */
function lockingIn(fields: readonly PlacedField[], words: Uint32Array): NotReset | undefined {
  let at = 0;
  for (const placed of fields) {
    const { address, width } = placed.field;
    const { length } = twoLooks(address, width);
    const locking = lockingBy(placed, seenTwice(address, width, words.subarray(at, at + length)));
    if (locking) return locking;
    at += length;
  }
  return undefined;
}

function lockingBy(placed: PlacedField, bytes: Uint8Array): NotReset | undefined {
  const { name, what, address } = placed.field;
  const found = readField(placed, (at) => bytes[at - address]);
  if (!found || found.state.debug === "open") return undefined;
  return { field: name, what, value: valueText(found.field, found.value) };
}
