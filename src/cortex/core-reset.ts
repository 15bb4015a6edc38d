import { type BatchMemory, type MemoryOp, together } from "../adi/memory.ts";
import { unsteadyRead } from "../adi/read-twice.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import { address32, bit, type u32 } from "../base/u32.ts";
import { AIRCR, AIRCR_VECTKEY, DEMCR, DHCSR, DHCSR_DBGKEY } from "../registers/scs.ts";
import { CoreError } from "./core-error.ts";
import { coreStateOf, DHCSR_BIT } from "./core-state.ts";

/** Drives the reset line: 0 pulls it, 1 releases it. */
export type ResetPin = (level: 0 | 1, io?: Io) => Promise<unknown>;

/** What a chip does of its own at a reset. */
export interface OwnReset {
  /** Before a reset of any kind. */
  readonly before?: (io: Io) => Promise<void>;
  /** In place of SYSRESETREQ; answers whether the core was seen in reset, or is yet to be. */
  readonly request?: (io: Io) => Promise<"seen" | "requested">;
}

/** What a reset is to do, and with what. */
export interface ResetJob {
  readonly memory: BatchMemory;
  readonly clock: Clock;
  readonly how: "system" | "core" | "pin";
  readonly then: "run" | "halt";
  readonly pin?: ResetPin | undefined;
  readonly own?: OwnReset | undefined;
}

/** Time for a reset, from the request to the core's first instruction, in milliseconds. */
const RESET_MS = 2000;

/** How long the reset line is pulled, in microseconds; some chips filter glitches below a few microseconds. */
const PIN_PULSE_US = 1000;

/** Pause between two looks at a core in reset, in microseconds. */
const LOOK_US = 100;

const lookAtDemcr: MemoryOp = { op: "read", address: DEMCR.address, width: 32 };
const look: MemoryOp = { op: "read", address: DHCSR.address, width: 32 };
const write = (address: u32, value: u32): MemoryOp => ({ op: "write", address, width: 32, value: value >>> 0 });

/**
 * Resets and waits until S_RESET_ST has been seen set and then clear, and for `halt` until the core stands before its
 * first instruction (VC_CORERESET). DEMCR gets its other bits back. Throws `core-reset-failed` and `unsteady-read`.
 */
export function resetCore(job: ResetJob, io: Io): Promise<void> {
  // Whoever reads DHCSR in between would clear the S_RESET_ST that is waited for.
  return together(job.memory, (memory, part) => resetNow({ ...job, memory }, part), within(job.clock, RESET_MS, io));
}

async function resetNow(job: ResetJob, bounded: Io): Promise<void> {
  await job.own?.before?.(bounded);
  const [demcr, again] = await job.memory.run([lookAtDemcr, lookAtDemcr], bounded);
  if (demcr !== again) throw unsteadyRead("DEMCR");
  const asked = await request(job, demcr, bounded);
  await waitOutOfReset(job, asked === "seen", bounded);
  if (job.then === "halt") await job.memory.run([write(DEMCR.address, withCatch(demcr, 0))], bounded);
}

/** Reads DHCSR last before the reset, so that a S_RESET_ST from earlier is not taken for this one. */
async function request(job: ResetJob, demcr: u32, io: Io): Promise<"seen" | "requested"> {
  const { memory, how, then } = job;
  const mustHalt = then === "halt" || how === "core";
  const halt = mustHalt ? [write(DHCSR.address, DHCSR_DBGKEY | DHCSR.of({ C_HALT: 1, C_DEBUGEN: 1 }))] : [];
  const prepared = [...halt, write(DEMCR.address, withCatch(demcr, then === "halt" ? 1 : 0)), look];
  const own = how === "system" ? job.own?.request : undefined;
  if (how === "pin" || own) await memory.run(prepared, io);
  if (own) return own(io);
  if (how === "pin") await pulse(job, io);
  else await memory.run([...prepared, write(AIRCR.address, resetWord(how))], io).catch(ignoreBusFault);
  return "requested";
}

async function pulse({ pin, clock }: ResetJob, io: Io): Promise<void> {
  if (!pin) throw new CoreError("core-reset-failed", "There is no reset pin to pull", { details: { how: "pin" } });
  await pin(0, io);
  await clock.sleep(PIN_PULSE_US, io.signal);
  await pin(1, io);
}

/** What was seen since a reset was asked for. */
interface Seen {
  /** S_RESET_ST was set. */
  reset: boolean;
  dhcsr: u32;
  /** Whether the last look was answered, and how often one was refused after one that was answered. */
  answered: boolean;
  refusedAgain: number;
}

/** So many times refused again, a core is reset over and over by its own firmware: the reset asked for is behind it. */
const RESETS_BY_ITSELF = 3;

/** Halted although it should run: C_HALT outlived the reset, which the ARMv7-M manual leaves open, so it is taken back. */
async function waitOutOfReset({ memory, clock, how, then }: ResetJob, wasSeen: boolean, io: Io): Promise<void> {
  const seen: Seen = { reset: wasSeen, dhcsr: 0, answered: false, refusedAgain: 0 };
  const out = async () => {
    await lookOnce(memory, seen, io);
    if (then === "run" && seen.reset && seen.refusedAgain >= RESETS_BY_ITSELF) return seen;
    const isOut = seen.reset && coreStateOf(seen.dhcsr) !== "in-reset";
    return isOut && (then === "run" || bit(seen.dhcsr, DHCSR_BIT.S_HALT)) ? seen : undefined;
  };
  await pollUntil(clock, { ...io, everyUs: LOOK_US, what: "the reset to end" }, out).catch((error) => {
    throw codeOf(error) === "timeout" ? notReset(how, seen, error) : error;
  });
  if (then === "run" && bit(seen.dhcsr, DHCSR_BIT.S_HALT)) {
    await memory.run([write(DHCSR.address, DHCSR_DBGKEY | DHCSR.of({ C_DEBUGEN: 1 }))], io);
  }
}

/** Two reads of DHCSR, of which the first clears S_RESET_ST. */
async function lookOnce(memory: ResetJob["memory"], seen: Seen, io: Io): Promise<void> {
  const words = await memory.run([look, look], { signal: io.signal }).catch(nothingReadable);
  if (words === undefined && seen.answered) seen.refusedAgain += 1;
  seen.answered = words !== undefined;
  const [first, second] = words ?? [IN_RESET, IN_RESET];
  seen.reset ||= bit(first | second, DHCSR_BIT.S_RESET_ST);
  seen.dhcsr = second;
}

const withCatch = (demcr: u32, on: 0 | 1): u32 => DEMCR.with(demcr, { VC_CORERESET: on });

const resetWord = (how: "system" | "core"): u32 =>
  AIRCR_VECTKEY | (how === "system" ? AIRCR.of({ SYSRESETREQ: 1 }) : AIRCR.of({ VECTRESET: 1 }));

/** A chip in reset, or one whose flash is still starting, may refuse every access; that is no failure of the reset. */
function ignoreBusFault(error: unknown): void {
  if (codeOf(error) !== "memory-fault") throw error;
}

function nothingReadable(error: unknown): undefined {
  ignoreBusFault(error);
}

/** What a core in reset would answer, where it can't be asked. */
const IN_RESET: u32 = DHCSR.mask("S_RESET_ST");

function notReset(how: string, seen: Seen, cause: unknown): CoreError {
  const text = seen.reset
    ? "The core did not come out of reset as asked"
    : "The core was not reset: S_RESET_ST never got set";
  return new CoreError("core-reset-failed", text, {
    cause,
    details: { how, sawReset: seen.reset, dhcsr: address32(seen.dhcsr) },
  });
}
