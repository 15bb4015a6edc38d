import type { MemoryOp } from "../adi/memory.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { codeOf } from "../base/errors.ts";
import { address32, type u32 } from "../base/u32.ts";
import type { Core, RegisterName } from "./core.ts";
import { CoreError } from "./core-error.ts";
import { areWritten, registerReads, registersIn, registerWords, registerWrites } from "./core-registers.ts";
import { DHCSR } from "../registers/scs.ts";
import { coreStateOf } from "./core-state.ts";
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

/** Accesses that go out in the round trips that a call takes anyway. */
export interface BesideCall {
  /** Before the core's registers are written. */
  readonly before: readonly MemoryOp[];
  /** Whether the function may start, by the words of `before`. */
  mayRun(words: Uint32Array): boolean;
  /** Once the function has ended, wherever it stopped. */
  readonly after: readonly MemoryOp[];
  /** Other work on memory that the function does not use, done as far as it goes while that runs. */
  readonly duringRun?: PieceWork | undefined;
}

/** Work in pieces, each of them one batch. */
export interface PieceWork {
  /** The accesses of the next piece; undefined where none is left. */
  next(): readonly MemoryOp[] | undefined;
  /** Takes the words of that piece. */
  take(words: Uint32Array): void;
  /** The function did not do what it should: nothing that was done beside it counts. */
  forget(): void;
}

/**
 * The same with accesses beside it; answers the words of those behind it, or undefined where it was not started. Throws as
 * `runCode` does.
 */
export async function runCodeBeside(
  core: Core,
  clock: Clock,
  call: CodeCall,
  { before, mayRun, after, duringRun }: BesideCall,
  io: Io = {},
): Promise<Uint32Array | undefined> {
  const frame = frameOf(call);
  const entries = Object.entries(frame) as [RegisterName, u32][];
  const words = await core.memory.run([...before, ...registerWrites(entries)], io);
  const own = before.filter(({ op }) => op !== "write").length;
  if (!mayRun(words.subarray(0, own))) return undefined;
  if (!areWritten(words.subarray(own))) await core.writeRegisters(frame, io);
  if (!(await resumeBeside(core, duringRun, io))) await ended(core, clock, call, io);
  const found = await core.memory.run([...registerReads(["PC"]), ...after], io);
  const [pc] = registersIn(["PC"], found) ?? (await core.readRegisters(["PC"], io));
  checkEnd(call, pc);
  return found.subarray(registerWords(["PC"]));
}

/**
 * Lets the core run, and does pieces of other work beside it; answers whether it was seen to have halted. The core starts in
 * a batch of its own: a long one reaches the target only once all of it is at the probe.
 */
async function resumeBeside(core: Core, work: PieceWork | undefined, io: Io): Promise<boolean> {
  let words = await core.resume(io, [look, look]);
  for (;;) {
    const state = coreStateOf(words[words.length - 1]);
    const piece = state === "running" ? work?.next() : undefined;
    if (!piece) return state === "halted";
    words = await core.memory.run([...piece, look, look], io);
    work?.take(words.subarray(0, -2));
  }
}

const look: MemoryOp = { op: "read", address: DHCSR.address, width: 32 };

/** Starts a function on a halted core and does not wait. */
async function startCode(core: Core, call: CodeCall, io: Io = {}): Promise<void> {
  await core.writeRegisters(frameOf(call), io);
  await core.resume(io);
}

function frameOf({ args = [], stack, returnTo, entry, staticBase }: CodeCall): { readonly [name: string]: u32 } {
  return {
    ...Object.fromEntries(args.map((value, i) => [`R${i}`, value])),
    ...(staticBase !== undefined && { R9: staticBase }),
    // By its own name: SP is the stack of threads where CONTROL.SPSEL is set, and CFBP is written last.
    MSP: stack,
    LR: (returnTo | 1) >>> 0,
    PC: (entry & ~1) >>> 0,
    XPSR: XPSR_THUMB,
    CFBP: CFBP_INTERRUPTS_MASKED,
  };
}

/** Waits for a started function; answers R0. A function that is late or stops elsewhere is `core-call-failed`. */
async function finishCode(core: Core, clock: Clock, call: CodeCall, io: Io = {}): Promise<u32> {
  await ended(core, clock, call, io);
  const [result, pc] = await core.readRegisters(["R0", "PC"], io);
  checkEnd(call, pc);
  return result;
}

async function ended(core: Core, clock: Clock, call: CodeCall, io: Io): Promise<void> {
  try {
    await core.waitHalted(within(clock, call.timeoutMs, io));
  } catch (error) {
    const { pc, isReached } = await haltedAt(core);
    if (codeOf(error) === "aborted" || !isReached) throw error;
    throw callError(call, codeOf(error) === "timeout" ? `did not end in ${call.timeoutMs} ms` : "failed", pc, error);
  }
}

function checkEnd(call: CodeCall, pc: u32): void {
  if (pc !== (call.returnTo & ~1) >>> 0) throw callError(call, "stopped where it should not", pc);
}

/** How the codes of a probe's errors, and of its connection's, begin. */
const OF_A_LOST_PROBE = ["usb-", "pipe-", "probe-"];

/**
 * Halts the core, so that the cleanup finds it halted, and answers where it was. A core that can't be halted any more
 * (the code disabled something, or the chip went into reset) leaves PC unknown. `isReached`: the probe was not lost, whose
 * own error is the one to report.
 */
async function haltedAt(core: Core): Promise<{ readonly pc: u32 | undefined; readonly isReached: boolean }> {
  try {
    await core.halt();
    const [pc] = await core.readRegisters(["PC"]);
    return { pc, isReached: true };
  } catch (error) {
    return { pc: undefined, isReached: !OF_A_LOST_PROBE.some((start) => codeOf(error)?.startsWith(start)) };
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
