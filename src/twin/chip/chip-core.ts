import type { u32 } from "../../base/u32.ts";
import { type AccessSize, BUS_FAULT, type Cpu, type CpuBus, type CpuHooks, type CpuMemory } from "../cpu/seam.ts";
import { type Bus, type Initiator, STALLED } from "./bus.ts";
import { CoreRunner } from "./core-runner.ts";
import type { SwoByte } from "./seam.ts";
import type { Timeline } from "./timeline.ts";

/** What a core on a bus is made of. */
export interface ChipCoreOptions {
  readonly timeline: Timeline;
  /** The bus, once it is made: it may need the core's private bus first. */
  readonly bus: () => Bus;
  readonly memories: readonly CpuMemory[];
  /** The core clock at first, in hertz. */
  readonly hz: number;
  readonly hooks: Omit<CpuHooks, "refused" | "traced">;
  /** The clock of the trace port, in hertz, where it isn't the core's. */
  traceHz?(): number;
  /** A byte leaves the SWO pin of the core; the chip knows whether the pin is there. */
  traced?(byte: SwoByte): void;
  create(bus: CpuBus, hooks: CpuHooks): Cpu;
  /** The core's state may have changed: halted, asleep, awake, in reset. */
  changed(): void;
}

/** A core on the chip's bus with its place on the timeline, and the two that ask in its name: itself and its debugger. */
export class ChipCore {
  readonly cpu: Cpu;
  readonly runner: CoreRunner;
  readonly asCore: Initiator;
  readonly asDebugger: Initiator;
  private readonly options: ChipCoreOptions;

  constructor(options: ChipCoreOptions) {
    this.options = options;
    this.cpu = options.create(this.cpuBus(), {
      resetRequested: (kind) => options.hooks.resetRequested(kind),
      unimplemented: (opcode, pc) => options.hooks.unimplemented(opcode, pc),
      refused: (_, pc) => options.bus().refused.blame(pc),
      eventSent: () => options.hooks.eventSent?.(),
      traced: ({ byte, cyclesPerBit, protocol }) =>
        options.traced?.({ byte, hz: (options.traceHz?.() ?? this.runner.hz) / cyclesPerBit, protocol }),
    });
    this.runner = new CoreRunner(this.cpu, options.timeline, options.hz, () => options.changed());
    this.asCore = { master: "core", privateBus: this.privateBus("core") };
    this.asDebugger = { master: "debug", privateBus: this.privateBus("debug") };
  }

  private cpuBus(): CpuBus {
    return {
      memories: this.options.memories,
      read: (address, size) => this.access(() => this.options.bus().read(address, size, this.asCore)),
      write: (address, size, value) => this.access(() => this.options.bus().write(address, size, value, this.asCore)),
      stableUntil: (address, size) =>
        this.options.bus().isStable(address, size) ? this.runner.cyclesBeforeEvent() : 0,
    };
  }

  /** One access of the core: where the bus stalls it, its cycles pass until the bus takes it, or a reset ends it. */
  private access(once: () => number): number {
    this.runner.catchUp();
    let answer = once();
    while (answer === STALLED) {
      if (!this.runner.stallUntil(this.options.bus().readyAt)) return BUS_FAULT;
      answer = once();
    }
    return answer;
  }

  private privateBus(master: "core" | "debug") {
    return {
      read: (address: u32, size: AccessSize) => this.cpu.ppbRead(address, size, master),
      write: (address: u32, size: AccessSize, value: number) => {
        const before = this.cpu.state;
        const result = this.cpu.ppbWrite(address, size, value, master);
        if (this.cpu.state !== before) this.stateChanged();
        return result;
      },
    };
  }

  /** The core was halted, released or reset from outside: a core that begins to run begins a cycle now. */
  stateChanged(): void {
    this.runner.align();
    this.options.changed();
  }
}
