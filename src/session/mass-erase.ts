import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf, WaitError } from "../base/errors.ts";
import type { ApIdentity } from "../adi/ap-identity.ts";
import type { DebugPort } from "../adi/debug-port.ts";
import type { Chip } from "../chips/chip.ts";
import type { Probe } from "../probe/probe.ts";
import { unlockProcedure } from "../protection/kinetis-mass-erase.ts";
import type { ProcedureStep, RegisterTest } from "../protection/procedure.ts";
import { refuseOtherPorts } from "./other-chip.ts";
import { SessionError } from "./session-error.ts";

/** The wires that a procedure works on. */
export interface ProcedureWires {
  readonly probe: Probe;
  readonly dp: DebugPort;
  /** What the scan found behind the debug port. */
  readonly aps: readonly ApIdentity[];
  readonly clock: Clock;
}

/**
 * Opens a locked chip by erasing all of it, as its protection data says, step by step.
 * Throws `chip-mismatch` before anything is touched where the target has not the chip's access ports, `unlock-failed`
 * with the step that did not come true; what the steps hold is let go in any case.
 */
export async function massErase(wires: ProcedureWires, chip: Chip, io: Io = {}): Promise<void> {
  refuseOtherPorts(wires, chip);
  const procedure = unlockProcedure(chip);
  try {
    for (const step of procedure.steps) await runStep(wires, step, io);
  } catch (error) {
    // What was called off is cleaned up all the same.
    for (const step of procedure.cleanup) await runStep(wires, step, {});
    throw codeOf(error) === "aborted" ? calledOff(chip, error) : error;
  }
}

const calledOff = (chip: Chip, cause: unknown) =>
  new WaitError("aborted", `Called off during the mass erase: what was on the ${chip.name} is lost, in part or all`, {
    details: { flash: "in-part", next: "repeat-mass-erase" },
    cause,
  });

async function runStep(wires: ProcedureWires, step: ProcedureStep, io: Io): Promise<void> {
  switch (step.step) {
    case "pin":
      await wires.probe.setPins({ [step.pin]: step.level }, io);
      return;
    case "write":
      return wires.dp.accessPort(step.ap).write(step.register, step.value, io);
    case "delay":
      return wires.clock.sleep(step.ms * 1_000, io.signal);
    case "expect":
      return expectOnce(wires, step, io);
    case "until":
      return untilTrue(wires, step, io);
  }
}

async function untilTrue(wires: ProcedureWires, test: RegisterTest & { deadlineMs: number }, io: Io): Promise<void> {
  const limits = within(wires.clock, test.deadlineMs, io);
  const look = async () => ((await holds(wires, test, io)) ? true : undefined);
  try {
    await pollUntil(wires.clock, { ...limits, everyUs: 1_000, what: test.name }, look);
  } catch (cause) {
    if (io.signal?.aborted) throw cause;
    throw failed(test, cause);
  }
}

async function expectOnce(wires: ProcedureWires, test: RegisterTest, io: Io): Promise<void> {
  if (!(await holds(wires, test, io))) throw failed(test);
}

async function holds(wires: ProcedureWires, test: RegisterTest, io: Io): Promise<boolean> {
  const value = await wires.dp.accessPort(test.ap).read(test.register, io);
  return (value & test.mask) >>> 0 === test.value;
}

const failed = (test: RegisterTest, cause?: unknown) =>
  new SessionError("unlock-failed", `The chip could not be unlocked: ${test.otherwise}`, {
    details: { step: test.name },
    cause,
  });
