import type { MemoryOp } from "../../adi/memory.ts";
import { unsteadyRead } from "../../adi/read-twice.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { address32, bit, hex32 } from "../../base/u32.ts";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import type { Core } from "../../cortex/core.ts";
import { DHCSR_BIT } from "../../cortex/core-state.ts";
import { DHCSR } from "../../registers/scs.ts";
import { FlashError } from "../flash-error.ts";
import { staticBaseOf } from "./algorithm-memory.ts";
import { CALL_WORDS, NO_CALL, SLOT_LENGTH, SLOT_WORDS, slotCheck, STOP } from "./call-words.ts";
import type { Placement } from "./placement.ts";

/** One call of an algorithm's function. */
export interface AlgorithmCall {
  /** As the specification names it. */
  readonly name: "Init" | "UnInit" | "EraseSector" | "ProgramPage";
  /** Its offset from the blob's first byte. */
  readonly entry: number;
  readonly args: readonly number[];
  /** The flash address that it is about. */
  readonly address: number;
  readonly limitMs: number;
}

/** Beside what a function takes: the probe's round trips, and a stop of the host's. */
const MARGIN_MS = 1_000;

/** What was read twice and was two things. */
const [COUNT, RESULT] = ["The number of calls that have ended", "The flash algorithm's result"] as const;

/**
 * Calls the functions of an algorithm by the stub that runs on the target: calls wait there in slots, so that the next one
 * begins in the same moment as the one before ends. What failed is thrown by a later call of the host's; nothing behind it
 * was begun.
 */
export class AlgorithmCalls {
  private readonly core: Core;
  private readonly clock: Clock;
  private readonly algorithm: FlashAlgorithm;
  private readonly placement: Placement;
  private readonly staticBase: number;
  /** Calls that were not written yet. */
  private waiting: AlgorithmCall[] = [];
  /** Calls that were written and are not known to have ended, the oldest first. */
  private posted: AlgorithmCall[] = [];
  /** How many have ended. */
  private ended = 0;

  constructor(core: Core, clock: Clock, algorithm: FlashAlgorithm, placement: Placement) {
    this.core = core;
    this.clock = clock;
    this.algorithm = algorithm;
    this.placement = placement;
    this.staticBase = staticBaseOf(algorithm, placement);
  }

  /** The stub was placed anew. */
  restart(): void {
    this.drop();
    this.ended = 0;
  }

  /** Posts a call and does not wait for it; answers its number, for `waitFor`. Throws the error of an earlier one. */
  async post(call: AlgorithmCall, io: Io = {}): Promise<number> {
    this.waiting.push(call);
    const { posted, waiting, ended } = this;
    const number = ended + posted.length + waiting.length;
    // Half of the slots at once are one turn of the probe for all of them, and the target has the other half to do.
    if (posted.length === 0 || waiting.length >= this.placement.slots / 2) await this.flush(io);
    return number;
  }

  /** Fills a buffer, while calls that use others may be under way. */
  async fill(buffer: number, bytes: Uint8Array, io: Io = {}): Promise<void> {
    await this.reached(() => this.core.memory.write(buffer, bytes, 32, io));
  }

  /** Waits until a call has ended; throws the error of the first that failed. */
  async waitFor(number: number, io: Io = {}): Promise<void> {
    if (number > this.ended + this.posted.length) await this.flush(io);
    while (this.ended < number) await this.look(io);
  }

  /** Waits for all that was posted; throws the error of the first that failed. */
  async settle(io: Io = {}): Promise<void> {
    await this.flush(io);
    while (this.posted.length > 0) await this.look(io);
  }

  /** Has the stub end at its BKPT; the core is halted then. */
  async stop(io: Io = {}): Promise<void> {
    const slot = this.slotAt(this.ended);
    const limits = this.limits(io);
    await this.core.memory.run([this.wait(slot), ...this.request(slot, STOP, []), this.wait(slot)], limits);
    await this.core.halt(limits);
  }

  private async flush(io: Io): Promise<void> {
    if (this.waiting.length === 0) return;
    const { slots } = this.placement;
    while (this.posted.length + this.waiting.length > slots) await this.look(io);
    const first = this.ended + this.posted.length;
    const ops = this.waiting.flatMap(({ entry, args }, i) =>
      this.request(this.slotAt(first + i), (this.placement.blob + entry) | 1, args),
    );
    this.posted.push(...this.waiting);
    this.waiting = [];
    const answers = await this.reached(() => this.core.memory.run([...this.progress(), ...ops], this.limits(io)));
    await this.take(answers, io);
  }

  /** A slot's words, the function last. */
  private request(slot: number, pc: number, args: readonly number[]): readonly MemoryOp[] {
    const all = [0, 1, 2, 3].map((i) => args[i] ?? 0);
    const values = [...all, slotCheck([pc >>> 0, ...all])];
    const write = (offset: number, value: number): MemoryOp => {
      return { op: "write", address: slot + offset, width: 32, value: value >>> 0 };
    };
    return [...values.map((value, i) => write(SLOT_WORDS.arguments + 4 * i, value)), write(SLOT_WORDS.function, pc)];
  }

  /** Waits for the end of the oldest call, and takes all that have ended with it. */
  private async look(io: Io): Promise<void> {
    const [call] = this.posted;
    if (!call) return;
    const limits = within(this.clock, call.limitMs + MARGIN_MS, io);
    const ops = [this.wait(this.slotAt(this.ended)), ...this.progress()];
    const [, ...answers] = await this.reached(() => this.core.memory.run(ops, limits));
    // The oldest has ended: a count that does not say so was misread.
    if (answers[1] <= this.ended) throw this.unsteady(COUNT);
    await this.take(answers, io);
  }

  /** What decides is read twice. */
  private progress(): readonly MemoryOp[] {
    const once = [this.read("stopped"), this.read("ended")];
    return [...once, ...once];
  }

  /** Takes what the target says of how far it has come; throws the error of the call that it stopped behind. */
  private async take([stopped, ended, stoppedAgain, endedAgain]: Iterable<number>, io: Io): Promise<void> {
    // Calls may end between the two.
    const isPossible = ended >= this.ended && endedAgain >= ended && endedAgain <= this.ended + this.posted.length;
    if (!isPossible) throw this.unsteady(COUNT);
    if (stopped !== 0 && stoppedAgain !== stopped) throw this.unsteady(RESULT);
    if (stoppedAgain !== 0) throw await this.failure(this.limits(io));
    this.posted = this.posted.slice(ended - this.ended);
    this.ended = ended;
  }

  private limits(io: Io): Io {
    return within(this.clock, MARGIN_MS, io);
  }

  /** Accesses that fail because a call has not ended in time, or because the chip was reset in it, are that call's error. */
  private async reached<T>(access: () => Promise<T>): Promise<T> {
    const [call] = this.posted;
    try {
      return await access();
    } catch (cause) {
      const code = codeOf(cause) ?? "";
      if (!call || !["dap-until-timeout", "timeout", "memory-fault"].includes(code)) throw cause;
      this.drop();
      const wasReset = await this.wasReset(within(this.clock, MARGIN_MS)).catch(() => false);
      if (code === "memory-fault" && !wasReset) throw cause;
      throw await this.late(call, wasReset, cause);
    }
  }

  /** The error of the call that stopped the stub; the slots of all others say that all is well, or what was so before. */
  private async failure(io: Io): Promise<Error> {
    const calls = this.posted;
    const first = this.ended;
    this.drop();
    for (const [i, call] of calls.entries()) {
      const slot = this.slotAt(first + i);
      const words = [SLOT_WORDS.result, SLOT_WORDS.staticBaseAfter].map((offset): MemoryOp => {
        return { op: "read", address: slot + offset, width: 32 };
      });
      const [result, base, resultAgain, baseAgain] = await this.core.memory.run([...words, ...words], io);
      if (result !== resultAgain || base !== baseAgain) return this.unsteady(RESULT);
      if (result !== 0) return this.refused(call, result);
      if (base !== this.staticBase) return this.baseLost(call, base);
    }
    return new FlashError(
      "loader-failed",
      `A call of the flash algorithm ${this.algorithm.name} came to the chip's RAM with other words than were sent, and was not made`,
      { details: { algorithm: this.algorithm.name } },
    );
  }

  /** Nothing that was asked for is waited for any more; the stub has stopped, or is to be. */
  private drop(): void {
    this.ended += this.posted.length;
    this.posted = [];
    this.waiting = [];
  }

  private unsteady(what: string): Error {
    this.drop();
    return unsteadyRead(what);
  }

  private details({ name, address }: AlgorithmCall) {
    return { algorithm: this.algorithm.name, function: name, address: address32(address) };
  }

  private refused(call: AlgorithmCall, result: number): FlashError {
    const { name, address } = call;
    const wrong = call.name === "Init" ? " (the algorithm may be for another chip)" : "";
    return new FlashError(
      "algorithm-failed",
      `The flash algorithm ${this.algorithm.name} answered error ${result} to ${name} at ${address32(address)}${wrong}`,
      { details: { ...this.details(call), result: `0x${hex32(result)}` } },
    );
  }

  private baseLost(call: AlgorithmCall, base: number): FlashError {
    const [was, is] = [address32(this.staticBase), address32(base)];
    return new FlashError(
      "algorithm-stray-write",
      `The flash algorithm ${this.algorithm.name} left R9, which its data are found by, changed after ${call.name}: ${is} instead of ${was}`,
      { details: { ...this.details(call), what: "static base" } },
    );
  }

  /** Whether the core was reset since this was asked last: reading S_RESET_ST clears it. */
  async wasReset(io: Io = {}): Promise<boolean> {
    const [dhcsr] = await this.core.memory.run([{ op: "read", address: DHCSR.address, width: 32 }], io);
    return bit(dhcsr, DHCSR_BIT.S_RESET_ST);
  }

  /** Halts the core, so that the algorithm does nothing more, and reports where it was. */
  private async late(call: AlgorithmCall, wasReset: boolean, cause: unknown): Promise<FlashError> {
    const state = await this.core.state().catch(() => "unreachable");
    const pc = await this.haltedAt();
    const at = pc === undefined ? "the core could not be halted" : `the core was ${state}, at ${address32(pc)}`;
    const { name, address, limitMs } = call;
    const text = wasReset
      ? `The chip was reset while the flash algorithm ${this.algorithm.name} was in ${name} at ${address32(address)}, as a watchdog does that was left on; ${at}`
      : `The flash algorithm ${this.algorithm.name} did not end ${name} at ${address32(address)} within ${limitMs} ms; ${at}`;
    const details = { ...this.details(call), limitMs, wasReset, ...(pc !== undefined && { pc: address32(pc) }) };
    return new FlashError("algorithm-timeout", text, { cause, details });
  }

  private async haltedAt(): Promise<number | undefined> {
    try {
      await this.core.halt(within(this.clock, MARGIN_MS));
      const [pc] = await this.core.readRegisters(["PC"]);
      return pc;
    } catch {
      return undefined;
    }
  }

  private slotAt(number: number): number {
    const { words, slots } = this.placement;
    return words + CALL_WORDS.slots + (number % slots) * SLOT_LENGTH;
  }

  private read(word: keyof typeof CALL_WORDS): MemoryOp {
    return { op: "read", address: this.placement.words + CALL_WORDS[word], width: 32 };
  }

  private wait(slot: number): MemoryOp {
    const address = slot + SLOT_WORDS.function;
    return { op: "until", address, width: 32, mask: 0xffffffff, value: NO_CALL };
  }
}
