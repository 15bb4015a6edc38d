import type { Io } from "../../base/clock.ts";
import { codeOf, WaitError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import type { Procedure, RegisterTest } from "../../chips/procedure.ts";
import type { LockState } from "../../protection/lock-state.ts";
import { runProcedure } from "../procedure.ts";
import { type Wired, wiresFor } from "../procedure-uses.ts";
import { SessionError } from "../session-error.ts";

/**
 * The way to open a chip that erases all of it: the way out that its lock leaves open, or the first one of its protection
 * table where the lock was not looked at. Throws `unlock-failed` for a chip whose locks are unknown, or that has no way.
 */
export function massEraseOf({ name, protection }: Chip, lock?: LockState): Procedure {
  const exit = lock ? lock.exit : protection?.exits[0];
  if (exit) return exit.procedure;
  const none = lock?.locked === false ? "it is not locked, and needs no way out" : "it has no way out";
  const why = protection ? none : "its locks are unknown to Flashproof";
  throw new SessionError("unlock-failed", `The ${name} could not be unlocked: ${why}`, { details: { step: "none" } });
}

/**
 * Opens a locked chip by erasing all of it, as its protection table says, step by step; where steps need the core, it is
 * reached for them. Throws `chip-mismatch` before anything is touched where the target has not the chip's access ports,
 * `unlock-failed` with the step that did not come true; what the steps hold is let go in any case.
 */
export async function massErase(on: Wired, chip: Chip, lock: LockState | undefined, io: Io = {}): Promise<void> {
  const procedure = massEraseOf(chip, lock);
  try {
    await runProcedure(await wiresFor(on, procedure, chip, io), procedure, chip, { failed }, io);
  } catch (error) {
    throw codeOf(error) === "aborted" ? calledOff(chip, error) : error;
  }
}

/** Throws `unlock-failed` for a chip that a mass erase has left locked. */
export function refuseStillLocked(chip: Chip, lock: LockState | undefined): void {
  if (!lock?.locked) return;
  const text = `The ${chip.name} is still locked after the mass erase (${lock.words}): it may need its power switched off and on`;
  throw new SessionError("unlock-failed", text, { details: { step: "open after the mass erase" } });
}

const calledOff = (chip: Chip, cause: unknown) =>
  new WaitError("aborted", `Called off during the mass erase: what was on the ${chip.name} is lost, in part or all`, {
    details: { flash: "in-part", next: "repeat-mass-erase" },
    cause,
  });

const failed = (test: RegisterTest, cause?: unknown) =>
  new SessionError("unlock-failed", `The chip could not be unlocked: ${test.otherwise}`, {
    details: { step: test.name },
    cause,
  });
