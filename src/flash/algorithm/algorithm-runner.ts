import { readTwice } from "../../adi/read-twice.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { alignUp } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { FlashError } from "../flash-error.ts";
import { checkFlashAddress } from "../flash-range.ts";
import { type KeptRegisters, keepRegisters } from "../kept-registers.ts";
import type { Loader, StartOptions } from "../loader.ts";
import { type AlgorithmCall, AlgorithmCalls } from "./algorithm-calls.ts";
import { checkGuards, loadAlgorithm } from "./algorithm-memory.ts";
import { type Placement, placeInRams } from "./placement.ts";
import { CFBP_INTERRUPTS_MASKED, XPSR_THUMB } from "../../registers/special.ts";

/** `fnc` of `Init` and `UnInit`: what is going to be called. */
const FUNCTION = { erase: 1, program: 2 } as const;

type Phase = keyof typeof FUNCTION;

/** How long `Init` and `UnInit` may take, whose time no algorithm states; placing it takes the same at most. */
const START_MS = 5_000;

/**
 * Runs a foreign flash algorithm as a loader. It is placed with guards around everything that it writes, called by a stub
 * of ours, and held to the times that it states; its own `Verify` and `BlankCheck` are not asked, because the job reads what
 * was erased and programmed itself. `Init` may change clocks, so the chip has to be reset afterwards.
 */
export function algorithmLoader(core: Core, chip: Chip, clock: Clock, algorithm: FlashAlgorithm): Loader {
  const runner = new AlgorithmRunner(core, chip, clock, algorithm);
  return {
    name: "ram",
    caps: { runsOn: true, eraseThen: false, marginBlank: false, provesErase: false, restores: "needs-reset" },
    start: (io = {}) => runner.start(within(clock, START_MS, io)),
    eraseSector: (bank, address, _, io) => runner.checked(() => runner.erase(bank, address, io)),
    program: (bank, address, bytes, io) => runner.checked(() => runner.program(bank, address, bytes, io)),
    settle: (io) => runner.checked(() => runner.settle(io)),
    stop: (io = {}) => runner.stop(within(clock, START_MS, io)),
  };
}

class AlgorithmRunner {
  private readonly core: Core;
  private readonly clock: Clock;
  private readonly algorithm: FlashAlgorithm;
  private readonly placement: Placement;
  private readonly calls: AlgorithmCalls;
  private phase: Phase | undefined;
  private ram: Uint8Array | undefined;
  private registers: KeptRegisters | undefined;
  private buffer = 0;
  /** For each buffer, the number of the call that used it last. */
  private users: number[] = [];

  constructor(core: Core, chip: Chip, clock: Clock, algorithm: FlashAlgorithm) {
    this.core = core;
    this.clock = clock;
    this.algorithm = algorithm;
    this.placement = placed(chip, algorithm);
    this.calls = new AlgorithmCalls(core, clock, algorithm, this.placement);
  }

  async start(io: StartOptions): Promise<void> {
    const { core, placement } = this;
    const { all, stub, stack } = placement;
    if (io.keepRam ?? true) {
      this.ram = await readTwice(core.memory, all.start, all.length, io);
      this.registers = await keepRegisters(core, io);
    }
    await loadAlgorithm(core.memory, this.algorithm, placement, io);
    this.phase = undefined;
    this.calls.restart();
    this.users = placement.buffers.map(() => 0);
    await this.calls.wasReset(io);
    const MSP = stack.start + stack.length;
    await core.writeRegisters({ MSP, PC: stub, XPSR: XPSR_THUMB, CFBP: CFBP_INTERRUPTS_MASKED }, io);
    await core.resume(io);
  }

  async erase(bank: FlashBank, address: number, io: Io = {}): Promise<void> {
    checkFlashAddress(address, bank);
    const { entries, eraseMs } = this.algorithm;
    const entry = entries.eraseSector;
    if (entry === undefined) throw this.cannotErase(bank);
    await this.enter("erase", io);
    await this.calls.post({ name: "EraseSector", entry, args: [address], address, limitMs: eraseMs }, io);
  }

  async program(bank: FlashBank, address: number, bytes: Uint8Array, io: Io = {}): Promise<void> {
    checkFlashAddress(address, bank);
    const { buffers } = this.placement;
    await this.enter("program", io);
    this.buffer = (this.buffer + 1) % buffers.length;
    const buffer = buffers[this.buffer];
    await this.calls.waitFor(this.users[this.buffer], io);
    await this.calls.fill(buffer, padded(bytes, bank), io);
    const { entries, programMs } = this.algorithm;
    const call = { name: "ProgramPage", entry: entries.programPage, args: [address, bytes.length, buffer] } as const;
    this.users[this.buffer] = await this.calls.post({ ...call, address, limitMs: programMs }, io);
  }

  settle(io?: Io): Promise<void> {
    return this.calls.settle(io);
  }

  async stop(io: Io): Promise<void> {
    await this.checked(() => this.leave(io));
    await this.calls.stop(io);
    await checkGuards(this.core.memory, this.algorithm, this.placement, io);
    if (this.ram) await this.core.memory.write(this.placement.all.start, this.ram, 32, io);
    if (this.registers) await this.core.writeRegisters(this.registers, io);
  }

  /**
   * Where a call fails, what the algorithm has overwritten may be the reason, and is reported then. A failure ends the phase,
   * too: nothing is called after it.
   */
  async checked(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.phase = undefined;
      // After a reset the firmware has run, and RAM is its own again.
      const isCall = codeOf(error) === "algorithm-failed" || codeOf(error) === "algorithm-timeout";
      if (!isCall || (error instanceof FlashError && error.details["wasReset"] === true)) throw error;
      await checkGuards(this.core.memory, this.algorithm, this.placement, within(this.clock, START_MS));
      throw error;
    }
  }

  private async enter(phase: Phase, io: Io): Promise<void> {
    if (this.phase === phase) return;
    await this.leave(io);
    const { entries, flash } = this.algorithm;
    if (entries.init !== undefined) {
      const init = { name: "Init", entry: entries.init, args: [flash.start, 0, FUNCTION[phase]] } as const;
      await this.callAtOnce({ ...init, address: flash.start, limitMs: START_MS }, io);
    }
    this.phase = phase;
  }

  private async leave(io: Io): Promise<void> {
    const { phase } = this;
    await this.calls.settle(io);
    this.phase = undefined;
    const { entries, flash } = this.algorithm;
    if (phase === undefined || entries.unInit === undefined) return;
    const unInit = { name: "UnInit", entry: entries.unInit, args: [FUNCTION[phase]] } as const;
    await this.callAtOnce({ ...unInit, address: flash.start, limitMs: START_MS }, io);
  }

  private async callAtOnce(call: AlgorithmCall, io: Io): Promise<void> {
    await this.calls.post(call, io);
    await this.calls.settle(io);
  }

  private cannotErase({ id }: FlashBank): FlashError {
    return new FlashError("not-erasable", `The flash algorithm ${this.algorithm.name} can't erase a sector of ${id}`, {
      details: { bank: id },
    });
  }
}

/** Bytes as whole words, filled up with erased ones: an algorithm may round up, and read what stands behind them. */
function padded(bytes: Uint8Array, { erased }: FlashBank): Uint8Array {
  const whole = new Uint8Array(alignUp(bytes.length, 4)).fill(erased);
  whole.set(bytes);
  return whole;
}

/** Where an algorithm fits; throws `no-loader` where the chip's RAM is too small or not where it has to run. */
function placed(chip: Chip, algorithm: FlashAlgorithm): Placement {
  const placement = placeInRams(algorithm, chip.workRam);
  if (placement) return placement;
  throw new FlashError("no-loader", `The ${chip.name} has no RAM for the flash algorithm ${algorithm.name}`, {
    details: { chip: chip.name, algorithm: algorithm.name },
  });
}
