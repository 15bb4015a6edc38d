import { type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import type { Trace } from "../base/trace.ts";
import type { Chip } from "../chips/chip.ts";
import type { Procedure, ProcedureUse, RegisterTest } from "../chips/procedure.ts";
import { openCore, openMemory } from "./open-core.ts";
import { needsCore, type ProcedureWires, runProcedure } from "./procedure.ts";
import { SessionError } from "./session-error.ts";

/** A connection that a procedure can be run on. */
export interface Wired extends Omit<ProcedureWires, "reconnect"> {
  /** The speed of the wire, in Hz. */
  readonly hz: number;
  readonly trace?: Trace;
}

/** What a chip does of its own at a point of a session; undefined where the architecture's way is gone. */
export const procedureFor = (chip: Chip | undefined, use: ProcedureUse): Procedure | undefined =>
  chip?.procedures?.[use];

/**
 * Runs what a chip does of its own at a point of a session; answers whether it does anything there. Throws
 * `procedure-failed` where a test of it did not come true, and what the wires throw.
 */
export async function runUse(on: Wired, chip: Chip | undefined, use: ProcedureUse, io: Io): Promise<boolean> {
  const procedure = procedureFor(chip, use);
  if (!chip || !procedure) return false;
  const failed = (test: RegisterTest, cause?: unknown) => notAsItShould(chip, procedure, test, cause);
  const run = () => runProcedure(wiresOf(on), procedure, chip, { failed }, io);
  const call = { layer: "session", level: "info", event: use, fields: () => ({ procedure: procedure.name }) } as const;
  await (on.trace ? on.trace.call(call, run) : run());
  return true;
}

const wiresOf = (on: Wired): ProcedureWires => ({ ...on, reconnect: (io) => reopenPort(on, io) });

/** A connection as a procedure wants it; the core is reached where the procedure needs it and it was not yet. */
export async function wiresFor(on: Wired, procedure: Procedure, chip: Chip, io: Io): Promise<ProcedureWires> {
  if (on.core || !needsCore(procedure)) return wiresOf(on);
  const { memory } = await openMemory({ ...on, chip }, io);
  return wiresOf({ ...on, core: await openCore(on, memory, {}, io) });
}

/** Pause between two attempts to find a port whose chip starts anew, in microseconds. */
const AGAIN_US = 10_000;

/** Longest time for a port to come back where the caller names no deadline, in milliseconds. */
const BACK_MS = 5_000;

/** What a port answers that is not back yet. */
const NOT_BACK = ["dp-no-target", "dp-power-up", "dap-no-ack", "dap-parity", "dap-fault", "dap-wait"];

/** The link was dropped by what was done before, so the first attempts may find nothing. */
async function reopenPort({ probe, dp, clock, hz }: Wired, io: Io): Promise<void> {
  const bounded = io.deadline === undefined ? within(clock, BACK_MS, io) : io;
  let silence: unknown;
  const look = async () => {
    try {
      await dp.reopen(await probe.connect("swd", hz, bounded), clock, bounded);
      return true;
    } catch (error) {
      if (!NOT_BACK.includes(codeOf(error) ?? "")) throw error;
      silence = error;
      return undefined;
    }
  };
  const poll = { ...bounded, everyUs: AGAIN_US, what: "the debug port to come back" };
  await pollUntil(clock, poll, look).catch((error) => {
    throw codeOf(error) === "timeout" && silence !== undefined ? silence : error;
  });
}

function notAsItShould(chip: Chip, procedure: Procedure, test: RegisterTest, cause: unknown): SessionError {
  const text = `The ${chip.name} did not do as it should in "${procedure.name}": ${test.otherwise}`;
  return new SessionError("procedure-failed", text, { details: { procedure: procedure.name, step: test.name }, cause });
}
