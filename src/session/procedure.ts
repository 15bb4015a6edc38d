import type { ApIdentity } from "../adi/ap-identity.ts";
import { AdiError } from "../adi/adi-error.ts";
import { unsteadyRead } from "../adi/read-twice.ts";
import type { MemoryOp } from "../adi/memory.ts";
import type { DebugPort } from "../adi/debug-port.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import type { Chip } from "../chips/chip.ts";
import type { Procedure, ProcedurePlace, ProcedureStep, RegisterTest } from "../chips/procedure.ts";
import type { Core } from "../cortex/core.ts";
import { DapError } from "../probe/probe-error.ts";
import type { Probe } from "../probe/probe.ts";
import { SessionError } from "./session-error.ts";

/** What a procedure works on. */
export interface ProcedureWires {
  readonly probe: Probe;
  readonly dp: DebugPort;
  /** What the scan found behind the debug port. */
  readonly aps: readonly ApIdentity[];
  readonly clock: Clock;
  /** Absent where the core can't be reached: then steps on memory and on the core throw `target-locked`. */
  readonly core?: Core;
  /** Selects the wire and powers up the debug port anew, which stays the same object. */
  readonly reconnect?: (io: Io) => Promise<void>;
}

/** How a run of a procedure ends that does not come true. */
export interface ProcedureEnds {
  /** The error of a test that failed. */
  readonly failed: (test: RegisterTest, cause?: unknown) => Error;
}

/**
 * Runs a procedure step by step. Before anything is touched, every access port that it names must be the chip's by IDR:
 * throws `chip-mismatch` where one is not. What the steps hold is let go in any case, also where the run is called off.
 */
export async function runProcedure(
  wires: ProcedureWires,
  procedure: Procedure,
  chip: Chip,
  ends: ProcedureEnds,
  io: Io = {},
): Promise<void> {
  refuseForeignPorts(wires, procedure, chip);
  const run = { ...wires, ends };
  if (procedure.unless && (await allHold(run, procedure.unless, io))) return;
  try {
    await runSteps(run, procedure.steps, io);
  } catch (error) {
    // What was called off is cleaned up all the same.
    await runSteps(run, procedure.cleanup, {});
    throw error;
  }
}

async function allHold(run: Run, tests: readonly RegisterTest[], io: Io): Promise<boolean> {
  const reads = tests.flatMap(({ at }): MemoryOp[] =>
    at.in === "memory" ? [{ op: "read", address: at.address, width: at.width }] : [],
  );
  if (reads.length === tests.length) {
    const words = await coreOf(run).memory.run(reads, io);
    return tests.every(({ mask, value }, i) => (words[i] & mask) >>> 0 === value);
  }
  for (const test of tests) if (!(await holds(run, test, io))) return false;
  return true;
}

type Run = ProcedureWires & { readonly ends: ProcedureEnds };

/** A step before a reconnect may be the one that drops the link, so that what the wire makes of it does not count. */
async function runSteps(run: Run, steps: readonly ProcedureStep[], io: Io): Promise<void> {
  for (let i = 0; i < steps.length; i++) {
    const batch = memoryBatch(steps, i);
    if (batch.length > 1) {
      await runBatch(run, batch, io);
      i += batch.length - 1;
      continue;
    }
    const step = steps[i];
    const drops = steps[i + 1]?.step === "reconnect";
    await runStep(run, step, io).catch((error) => {
      if (!drops || !(error instanceof DapError || error instanceof AdiError)) throw error;
    });
  }
}

/** A step on memory that goes in one batch with those around it. */
interface Batched {
  readonly op: MemoryOp;
  /** What it waits for. */
  readonly test?: Until;
}

/** The writes to memory from a step on, and the waits between them; one that may drop the link goes alone. */
function memoryBatch(steps: readonly ProcedureStep[], from: number): readonly Batched[] {
  const batch: Batched[] = [];
  for (const [i, step] of steps.entries()) {
    if (i < from) continue;
    const one = steps[i + 1]?.step === "reconnect" ? undefined : batched(step);
    if (!one) break;
    batch.push(one);
  }
  return batch;
}

function batched(step: ProcedureStep): Batched | undefined {
  if (!("at" in step) || step.at.in !== "memory") return undefined;
  const { address, width } = step.at;
  if (step.step === "write") return { op: { op: "write", address, width, value: step.value } };
  // One that does something before each look, or in place of giving up, is no access.
  if (step.step !== "until" || step.each || step.orElse) return undefined;
  return { op: { op: "until", address, width, mask: step.mask, value: step.value }, test: step };
}

/** Accesses in one round trip; of waits that time out the first is the one whose test does not hold. */
async function runBatch(run: Run, batch: readonly Batched[], io: Io): Promise<Uint32Array> {
  const tests = batch.flatMap(({ test }) => (test ? [test] : []));
  const limits = within(run.clock, Math.max(LEAST_MS, ...tests.map(({ deadlineMs }) => deadlineMs)), io);
  try {
    return await coreOf(run).memory.run(
      batch.map(({ op }) => op),
      tests.length > 0 ? limits : io,
    );
  } catch (cause) {
    if (io.signal?.aborted || codeOf(cause) !== "dap-until-timeout") throw cause;
    for (const test of tests) if (!(await holds(run, test, {}))) throw run.ends.failed(test, cause);
    throw cause;
  }
}

/** Milliseconds that a batch has at least. */
const LEAST_MS = 1_000;

async function runStep(run: Run, step: ProcedureStep, io: Io): Promise<void> {
  switch (step.step) {
    case "pin":
      await run.probe.setPins({ [step.pin]: step.level }, io);
      return;
    case "write":
      return write(run, step.at, step.value, io);
    case "update":
      return update(run, step, io);
    case "delay":
      return run.clock.sleep(step.ms * 1_000, io.signal);
    case "expect":
      return expectOnce(run, step, io);
    case "until":
      return untilTrue(run, step, io);
    case "reset":
      return coreOf(run).reset(step.kind, step.leaves, io);
    case "halt":
      return coreOf(run).halt(io);
    case "reconnect":
      return reconnect(run, step.deadlineMs, io);
    case "loop":
      for (let done = 0; done < step.times; done++) await runSteps(run, step.steps, io);
  }
}

async function write(run: Run, at: ProcedurePlace, value: number, io: Io): Promise<void> {
  if (at.in === "ap") return run.dp.accessPort(indexOf(at)).write(at.register, value, io);
  if (at.in === "dp") return run.dp.write(at.register, value, io);
  await coreOf(run).memory.run([{ op: "write", address: at.address, width: at.width, value }], io);
}

/** What is written back has to be what stood there; throws `unsteady-read`. */
async function update(run: Run, { at, name, mask, value }: Update, io: Io): Promise<void> {
  const [before, again] = [await read(run, at, io), await read(run, at, io)];
  if (before !== again) throw unsteadyRead(`The register of "${name}"`);
  await write(run, at, ((before & ~mask) | value) >>> 0, io);
}

type Update = ProcedureStep & { readonly step: "update" };

async function read(run: Run, at: ProcedurePlace, io: Io): Promise<number> {
  if (at.in === "ap") return run.dp.accessPort(indexOf(at)).read(at.register, io);
  if (at.in === "dp") return run.dp.read(at.register, io);
  return (await coreOf(run).memory.run([{ op: "read", address: at.address, width: at.width }], io))[0];
}

/** APs by address belong to ADIv6, which no chip here has yet. */
function indexOf({ ap }: ProcedurePlace & { readonly in: "ap" }): number {
  if (ap.v === 1) return ap.index;
  throw new AdiError("ap-not-found", "The target's access ports have numbers, not addresses");
}

type Until = ProcedureStep & { readonly step: "until" };

async function untilTrue(run: Run, test: Until, io: Io): Promise<void> {
  const { each = [], orElse, deadlineMs } = test;
  const limits = within(run.clock, deadlineMs, io);
  const look = async () => ((await holdsAfter(run, each, test, io)) ? true : undefined);
  try {
    // A look that does something before it costs more than the time that it could find earlier.
    const patience = each.length > 0 ? { patientAfterUs: PATIENT_AFTER_US } : {};
    await pollUntil(run.clock, { ...limits, everyUs: 1_000, ...patience, what: test.name }, look);
  } catch (cause) {
    if (io.signal?.aborted) throw cause;
    if (!orElse || codeOf(cause) !== "timeout") throw run.ends.failed(test, cause);
    await runSteps(run, orElse, io);
    if (!(await look())) throw run.ends.failed(test, cause);
  }
}

async function expectOnce(run: Run, test: RegisterTest, io: Io): Promise<void> {
  if (!(await holds(run, test, io))) throw run.ends.failed(test);
}

/** What takes longer than this, in microseconds, may be looked at more and more rarely. */
const PATIENT_AFTER_US = 200_000;

/** The same behind some steps, in one round trip where all of it is writes to memory, waits for it, and the look. */
async function holdsAfter(run: Run, steps: readonly ProcedureStep[], test: Until, io: Io): Promise<boolean> {
  const { at, mask, value } = test;
  const batch = memoryBatch(steps, 0);
  if (batch.length < steps.length || steps.length === 0 || at.in !== "memory") {
    await runSteps(run, steps, io);
    return holds(run, test, io);
  }
  const words = await runBatch(run, [...batch, { op: { op: "read", address: at.address, width: at.width } }], io);
  return (words[words.length - 1] & mask) >>> 0 === value;
}

async function holds(run: Run, test: RegisterTest, io: Io): Promise<boolean> {
  return ((await read(run, test.at, io)) & test.mask) >>> 0 === test.value;
}

async function reconnect({ reconnect, clock }: Run, deadlineMs: number, io: Io): Promise<void> {
  if (!reconnect) throw new SessionError("session-closed", "The debug port can't be connected anew here");
  await reconnect(within(clock, deadlineMs, io));
}

function coreOf({ core }: Run): Core {
  if (!core) throw new SessionError("target-locked", "The core can't be reached, which this step needs");
  return core;
}

function refuseForeignPorts({ aps }: ProcedureWires, procedure: Procedure, chip: Chip): void {
  const index = foreignPortOf(procedure, aps, chip);
  if (index === undefined) return;
  const text = `The chip on the wire is not a ${chip.name}: access port ${index} says otherwise`;
  throw new SessionError("chip-mismatch", text, { details: { chip: chip.name } });
}

/** The first access port of those a procedure touches that is not the chip's by its IDR. */
export const foreignPortOf = (
  { steps, cleanup }: Procedure,
  aps: readonly ApIdentity[],
  chip: Chip,
): number | undefined =>
  portsOf([...steps, ...cleanup]).find((index) => {
    const own = chip.debug.aps.find((ap) => ap.index === index);
    return !own || !aps.some((ap) => ap.index === index && ap.idr === own.idr);
  });

/** Whether a procedure has the core reset by its own registers. */
export const hasResetStep = ({ steps }: Pick<Procedure, "steps">): boolean =>
  steps.some((step) => step.step === "reset" || hasResetStep({ steps: innerSteps(step) }));

/** Whether a procedure has a step that goes through the core or its memory. */
export const needsCore = ({ steps }: Pick<Procedure, "steps">): boolean =>
  steps.some((step) => {
    if (needsCore({ steps: innerSteps(step) })) return true;
    return step.step === "reset" || step.step === "halt" || ("at" in step && step.at.in === "memory");
  });

/** Numbers of the access ports that steps touch. */
const portsOf = (steps: readonly ProcedureStep[]): readonly number[] =>
  steps.flatMap((step) => {
    const inner = portsOf(innerSteps(step));
    if (!("at" in step) || step.at.in !== "ap" || step.at.ap.v !== 1) return inner;
    return [step.at.ap.index, ...inner];
  });

/** The steps that a step consists of. */
function innerSteps(step: ProcedureStep): readonly ProcedureStep[] {
  if (step.step === "loop") return step.steps;
  return step.step === "until" ? [...(step.each ?? []), ...(step.orElse ?? [])] : [];
}
