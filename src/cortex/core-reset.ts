import { type BatchMemory, type MemoryOp, together } from "../adi/memory.ts";
import { unsteadyRead } from "../adi/read-twice.ts";
import { type Clock, type Io, within } from "../base/clock.ts";
import { pollUntil } from "../base/deadlines.ts";
import { codeOf, FlashproofError } from "../base/errors.ts";
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

/** What has to be known before a reset, read in the batch that it begins with. */
export interface ResetGuard {
  readonly looks: readonly MemoryOp[];
  /** Throws where the chip is not to be reset; `words` is undefined where that batch was refused. */
  check(words: Uint32Array | undefined, memory: BatchMemory, io: Io): Promise<void>;
}

/** What a reset is to do, and with what. */
export interface ResetJob {
  readonly memory: BatchMemory;
  readonly clock: Clock;
  readonly how: "system" | "core" | "pin";
  readonly then: "run" | "halt";
  readonly pin?: ResetPin | undefined;
  readonly own?: OwnReset | undefined;
  readonly guard?: ResetGuard | undefined;
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
  const seen = job.guard && (await guarded(job.memory, job.guard, bounded));
  await job.own?.before?.(bounded);
  await (job.then === "halt" ? haltAtReset(job, seen, bounded) : runFromReset(job, bounded));
}

/** Asks the guard; answers the two readings of DEMCR that came with its looks, where those were not refused. */
async function guarded(memory: ResetJob["memory"], guard: ResetGuard, io: Io): Promise<Uint32Array | undefined> {
  const words = await memory.run([...guard.looks, lookAtDemcr, lookAtDemcr], io).catch(nothingReadable);
  await guard.check(words?.subarray(0, guard.looks.length), memory, io);
  return words?.subarray(guard.looks.length);
}

async function haltAtReset(job: ResetJob, seen: Uint32Array | undefined, io: Io): Promise<void> {
  const demcr = seen ? steady(seen) : await steadyDemcr(job.memory, io);
  const { asked } = await request(job, [write(DEMCR.address, withCatch(demcr, 1))], io);
  await waitOutOfReset(job, { wasSeen: asked === "seen", hasNoCatch: true }, io);
  await job.memory.run([write(DEMCR.address, withCatch(demcr, 0))], io);
}

/** DEMCR is read with the request, and written only where a debugger has left a catch, at which the core stands then. */
async function runFromReset(job: ResetJob, io: Io): Promise<void> {
  const { asked, words, isRefusedBefore } = await request(job, [lookAtDemcr, lookAtDemcr], io);
  // Where a look was refused, the request was not made.
  if (isRefusedBefore) return requestAlone(job, io);
  const hasNoCatch = words?.slice(0, 2).every((demcr) => !hasCatch(demcr)) ?? false;
  await waitOutOfReset(job, { wasSeen: asked === "seen", hasNoCatch }, io);
}

async function requestAlone(job: ResetJob, io: Io): Promise<void> {
  const demcr = await steadyDemcr(job.memory, io);
  const { asked } = await request(job, [write(DEMCR.address, withCatch(demcr, 0))], io);
  await waitOutOfReset(job, { wasSeen: asked === "seen", hasNoCatch: true }, io);
}

const steadyDemcr = async (memory: ResetJob["memory"], io: Io): Promise<u32> =>
  steady(await memory.run([lookAtDemcr, lookAtDemcr], io));

function steady([demcr, again]: Uint32Array): u32 {
  if (demcr !== again) throw unsteadyRead("DEMCR");
  return demcr;
}

/** What came of the request for a reset. */
interface Requested {
  /** Whether the core was seen in reset, or is yet to be. */
  readonly asked: "seen" | "requested";
  /** The words of the accesses before it; undefined where the target refused. */
  readonly words: Uint32Array | undefined;
  /** It refused another access than the request itself, as far as that is known. */
  readonly isRefusedBefore?: boolean;
}

/** Reads DHCSR last before the reset, so that a S_RESET_ST from earlier is not taken for this one. */
async function request(job: ResetJob, before: readonly MemoryOp[], io: Io): Promise<Requested> {
  const { memory, how, then } = job;
  const mustHalt = then === "halt" || how === "core";
  const halt = mustHalt ? [write(DHCSR.address, DHCSR_DBGKEY | DHCSR.of({ C_HALT: 1, C_DEBUGEN: 1 }))] : [];
  const prepared = [...before, ...halt, look];
  const own = how === "system" ? job.own?.request : undefined;
  if (how !== "pin" && !own) {
    const all = [...prepared, write(AIRCR.address, resetWord(how))];
    return memory.run(all, io).then((words) => ({ asked: "requested", words }), refused);
  }
  const words = await memory.run(prepared, io);
  if (own) return { asked: await own(io), words };
  await pulse(job, io);
  return { asked: "requested", words };
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

/**
 * Halted although it should run: by a catch that was left, or as C_HALT outlived the reset, which the ARMv7-M manual leaves
 * open, so that is taken back.
 */
async function waitOutOfReset(
  { memory, clock, how, then }: ResetJob,
  { wasSeen, hasNoCatch }: { readonly wasSeen: boolean; readonly hasNoCatch: boolean },
  io: Io,
): Promise<void> {
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
  if (then === "run" && !hasNoCatch) await takeCatchAway(memory, io);
  if (then === "run" && bit(seen.dhcsr, DHCSR_BIT.S_HALT)) {
    await memory.run([write(DHCSR.address, DHCSR_DBGKEY | DHCSR.of({ C_DEBUGEN: 1 }))], io);
  }
}

async function takeCatchAway(memory: ResetJob["memory"], io: Io): Promise<void> {
  const demcr = await steadyDemcr(memory, io);
  if (hasCatch(demcr)) await memory.run([write(DEMCR.address, withCatch(demcr, 0))], io);
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

const hasCatch = (demcr: u32): boolean => DEMCR.field(demcr, "VC_CORERESET") === 1;

const resetWord = (how: "system" | "core"): u32 =>
  AIRCR_VECTKEY | (how === "system" ? AIRCR.of({ SYSRESETREQ: 1 }) : AIRCR.of({ VECTRESET: 1 }));

/** A chip in reset, or one whose flash is still starting, may refuse every access; that is no failure of the reset. */
function ignoreBusFault(error: unknown): void {
  if (codeOf(error) !== "memory-fault") throw error;
}

function refused(error: unknown): Requested {
  ignoreBusFault(error);
  const { address } = error instanceof FlashproofError ? error.details : {};
  return { asked: "requested", words: undefined, isRefusedBefore: address !== address32(AIRCR.address) };
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
