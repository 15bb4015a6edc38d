import type { Io } from "../../base/clock.ts";
import { codeOf, WaitError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import type { Procedure, RegisterTest } from "../../chips/procedure.ts";
import type { LockState } from "../../protection/lock-state.ts";
import { matchChip } from "../detection/match-chip.ts";
import { needsCore, type ProcedureWires, runProcedure } from "../procedure.ts";
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
 * reached for them. Throws `chip-mismatch` before anything is written where the target has not the chip's access ports, or
 * steps on memory would meet another chip's registers,
 * `unlock-failed` with the step that did not come true; what the steps hold is let go in any case.
 */
export async function massErase(on: Wired, chip: Chip, lock: LockState | undefined, io: Io = {}): Promise<void> {
  const procedure = massEraseOf(chip, lock);
  try {
    const wires = await wiresFor(on, procedure, chip, io);
    if (needsCore(procedure)) await refuseForeignMemory(wires, chip, io);
    await runProcedure(wires, procedure, chip, { failed }, io);
  } catch (error) {
    throw codeOf(error) === "aborted" ? calledOff(chip, error) : error;
  }
}

/** Registers at the same addresses are other ones on another chip: throws `chip-mismatch` before any is written. */
async function refuseForeignMemory({ core }: ProcedureWires, chip: Chip, io: Io): Promise<void> {
  if (!core || (await matchChip(core.memory, chip, io)) !== "no") return;
  const { why } = chip.detection.reads[0];
  const text = `The chip on the wire is not a ${chip.name}: its identification registers say otherwise (${why})`;
  throw new SessionError("chip-mismatch", text, { details: { chip: chip.name } });
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
