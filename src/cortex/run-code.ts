import { type Clock, type Io, within } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import { address32, type u32 } from "../base/u32.ts";
import type { Core } from "./core.ts";
import { CoreError } from "./core-error.ts";
import { CFBP_INTERRUPTS_MASKED, XPSR_THUMB } from "../registers/special.ts";

/** A call of a function in the target's RAM, by the procedure call standard (AAPCS, IHI 0042, 6.4). */
export interface CodeCall {
  readonly entry: u32;
  /** At most four, for R0 to R3. */
  readonly args?: readonly u32[];
  /** First address above the stack. */
  readonly stack: u32;
  /** Address of a BKPT instruction, where the function returns to. */
  readonly returnTo: u32;
  /** What position-independent data are relative to, in R9. */
  readonly staticBase?: u32;
  readonly timeoutMs: number;
}

/**
 * Calls a function on a halted core and waits for its end; answers R0. Throws `core-call-failed`, and what it is called off
 * with; the core is halted then.
 */
export async function runCode(core: Core, clock: Clock, call: CodeCall, io: Io = {}): Promise<u32> {
  await startCode(core, call, io);
  return finishCode(core, clock, call, io);
}

/** Starts a function on a halted core and does not wait. */
async function startCode(core: Core, call: CodeCall, io: Io = {}): Promise<void> {
  const args = Object.fromEntries((call.args ?? []).map((value, i) => [`R${i}`, value]));
  const frame = {
    // By its own name: SP is the stack of threads where CONTROL.SPSEL is set, and CFBP is written last.
    MSP: call.stack,
    LR: (call.returnTo | 1) >>> 0,
    PC: (call.entry & ~1) >>> 0,
    XPSR: XPSR_THUMB,
    CFBP: CFBP_INTERRUPTS_MASKED,
  };
  const { staticBase } = call;
  await core.writeRegisters({ ...args, ...(staticBase !== undefined && { R9: staticBase }), ...frame }, io);
  await core.resume(io);
}

/** Waits for a started function; answers R0. A function that is late or stops elsewhere is `core-call-failed`. */
async function finishCode(core: Core, clock: Clock, call: CodeCall, io: Io = {}): Promise<u32> {
  try {
    await core.waitHalted(within(clock, call.timeoutMs, io));
  } catch (error) {
    const failure = await failed(core, call, error);
    throw codeOf(error) === "aborted" ? error : failure;
  }
  const [result, pc] = await core.readRegisters(["R0", "PC"], io);
  if (pc !== (call.returnTo & ~1) >>> 0) throw callError(call, "stopped where it should not", pc);
  return result;
}

/**
 * Halts the core, so that the cleanup finds it halted, and reports where it was. A core that can't be halted any more
 * (the code disabled something, or the chip went into reset) leaves PC unknown; the call's own failure stays the cause.
 */
async function failed(core: Core, call: CodeCall, cause: unknown): Promise<CoreError> {
  const pc = await haltedAt(core);
  return callError(call, codeOf(cause) === "timeout" ? `did not end in ${call.timeoutMs} ms` : "failed", pc, cause);
}

async function haltedAt(core: Core): Promise<u32 | undefined> {
  try {
    await core.halt();
    const [pc] = await core.readRegisters(["PC"]);
    return pc;
  } catch {
    return undefined;
  }
}

function callError(call: CodeCall, what: string, pc: u32 | undefined, cause?: unknown): CoreError {
  const entry = address32(call.entry);
  const where =
    pc === undefined ? "PC could not be read, because the core could not be halted" : `PC is ${address32(pc)}`;
  return new CoreError("core-call-failed", `The code at ${entry} ${what}; ${where}`, {
    cause,
    details: pc === undefined ? { entry } : { entry, pc: address32(pc) },
  });
}
