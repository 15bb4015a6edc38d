import type { Io } from "../../base/clock.ts";
import { codeOf, WaitError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import type { Procedure, RegisterTest } from "../../chips/procedure.ts";
import { type ProcedureWires, runProcedure } from "../procedure.ts";
import { SessionError } from "../session-error.ts";

/**
 * The way to open a chip that erases all of it: the first way out of its protection table. Throws `unlock-failed` for a
 * chip whose locks are unknown, or that has none.
 */
export function massEraseOf({ name, protection }: Chip): Procedure {
  const exit = protection?.exits[0];
  if (exit) return exit.procedure;
  const why = protection ? "it has no way out" : "its locks are unknown to Flashproof";
  throw new SessionError("unlock-failed", `The ${name} could not be unlocked: ${why}`, { details: { step: "none" } });
}

/**
 * Opens a locked chip by erasing all of it, as its protection table says, step by step.
 * Throws `chip-mismatch` before anything is touched where the target has not the chip's access ports, `unlock-failed`
 * with the step that did not come true; what the steps hold is let go in any case.
 */
export async function massErase(wires: ProcedureWires, chip: Chip, io: Io = {}): Promise<void> {
  try {
    await runProcedure(wires, massEraseOf(chip), chip, { failed }, io);
  } catch (error) {
    throw codeOf(error) === "aborted" ? calledOff(chip, error) : error;
  }
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
