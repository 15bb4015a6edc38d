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
import { CALL_WORDS, NO_CALL, STOP } from "./call-words.ts";
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

/** Calls the functions of an algorithm by the stub that runs on the target: one is posted while the one before runs. */
export class AlgorithmCalls {
  private readonly core: Core;
  private readonly clock: Clock;
  private readonly algorithm: FlashAlgorithm;
  private readonly placement: Placement;
  /** The call that was posted last, while its result has not been read. */
  private pending: AlgorithmCall | undefined;

  constructor(core: Core, clock: Clock, algorithm: FlashAlgorithm, placement: Placement) {
    this.core = core;
    this.clock = clock;
    this.algorithm = algorithm;
    this.placement = placement;
  }

  /** What R9 holds in every call. */
  get staticBase(): number {
    return (this.placement.blob + this.algorithm.staticBase) >>> 0;
  }

  /** Posts a call as soon as the one before has ended, and does not wait for it; throws the error of the one before. */
  async post(call: AlgorithmCall, io: Io = {}): Promise<void> {
    const before = this.pending;
    this.pending = call;
    if (before) await this.end(before, this.request(call), io);
    else await this.core.memory.run(this.request(call), within(this.clock, MARGIN_MS, io));
  }

  /** Waits for what was posted last; throws its error. */
  async settle(io: Io = {}): Promise<void> {
    const before = this.pending;
    this.pending = undefined;
    if (before) await this.end(before, [], io);
  }

  /** Has the stub end at its BKPT; the core is halted then. */
  async stop(io: Io = {}): Promise<void> {
    this.pending = undefined;
    const limits = within(this.clock, MARGIN_MS, io);
    await this.core.memory.run([this.write("call", STOP), this.wait()], limits);
    await this.core.halt(limits);
  }

  private request({ entry, args }: AlgorithmCall): readonly MemoryOp[] {
    const { words, blob, stack } = this.placement;
    const values = args.map((value, i): MemoryOp => {
      return { op: "write", address: words + CALL_WORDS.arguments + 4 * i, width: 32, value };
    });
    return [
      ...values,
      this.write("staticBase", this.staticBase),
      this.write("stack", stack.start + stack.length),
      this.write("call", (blob + entry) | 1),
    ];
  }

  /** Reads what a call left, and posts the next one behind that in the same batch. */
  private async end(call: AlgorithmCall, next: readonly MemoryOp[], io: Io): Promise<void> {
    const limits = within(this.clock, call.limitMs + MARGIN_MS, io);
    const ops = [this.wait(), this.read("result"), this.read("staticBaseAfter"), ...next];
    let answers: Uint32Array;
    try {
      answers = await this.core.memory.run(ops, limits);
    } catch (cause) {
      this.pending = undefined;
      throw codeOf(cause) === "dap-until-timeout" || codeOf(cause) === "timeout" ? await this.late(call, cause) : cause;
    }
    const [, result, base] = answers;
    if (result === 0 && base === this.staticBase) return;
    this.pending = undefined;
    await this.confirm(result, base, next.length > 0, limits);
    throw result === 0 ? this.baseLost(call, base) : this.refused(call, result);
  }

  /** What decides the end of a job is read again before it is believed; the stub keeps a failure for what follows it. */
  private async confirm(result: number, base: number, hasNext: boolean, io: Io): Promise<void> {
    const ops = [...(hasNext ? [this.wait()] : []), this.read("failed"), this.read("staticBaseAfter")];
    const [failed, again] = (await this.core.memory.run(ops, io)).slice(-2);
    if (result !== 0 ? failed !== result : again !== base) throw unsteadyRead("The flash algorithm's result");
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
  private async late(call: AlgorithmCall, cause: unknown): Promise<FlashError> {
    const wasReset = await this.wasReset(within(this.clock, MARGIN_MS)).catch(() => false);
    const state = await this.core.state().catch(() => "unreachable");
    const pc = await this.haltedAt();
    const at = pc === undefined ? "the core could not be halted" : `the core was ${state}, at ${address32(pc)}`;
    const where = wasReset ? `the chip was reset on the way, as a watchdog does that was left on; ${at}` : at;
    return new FlashError(
      "algorithm-timeout",
      `The flash algorithm ${this.algorithm.name} did not end ${call.name} at ${address32(call.address)} within ${call.limitMs} ms; ${where}`,
      {
        cause,
        details: {
          ...this.details(call),
          limitMs: call.limitMs,
          wasReset,
          ...(pc !== undefined && { pc: address32(pc) }),
        },
      },
    );
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

  private write(word: keyof typeof CALL_WORDS, value: number): MemoryOp {
    return { op: "write", address: this.placement.words + CALL_WORDS[word], width: 32, value };
  }

  private read(word: keyof typeof CALL_WORDS): MemoryOp {
    return { op: "read", address: this.placement.words + CALL_WORDS[word], width: 32 };
  }

  private wait(): MemoryOp {
    const address = this.placement.words + CALL_WORDS.call;
    return { op: "until", address, width: 32, mask: 0xffffffff, value: NO_CALL };
  }
}
