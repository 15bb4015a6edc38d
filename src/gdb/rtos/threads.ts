import { AdiError } from "../../adi/adi-error.ts";
import { readBlock } from "../../adi/block.ts";
import { type Clock, within } from "../../base/clock.ts";
import { checkIo } from "../../base/deadlines.ts";
import { codeOf } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { kernelWith, SYMBOLS } from "./kernels.ts";
import { KernelLayouts } from "./layout.ts";
import { type SavedRegisters, savedRegisters } from "./saved-registers.ts";
import { FoundThreads, type Kernel, type KernelMemory, type RtosThread } from "./thread.ts";

/** The thread that runs, whichever that is: the client keeps one thread whatever is switched. */
export const CURRENT = 1;

/** How long the lists may be read, in milliseconds: GDB waits two seconds for an answer. */
const MOST_MS = 1_500;

/** Cores of ARMv8-M. */
const V8 = /^Cortex-M(?:23|33|35P|52|55|85)$/;

const USUAL = KernelLayouts.usual();

/** What the threads of a target are read by. */
export interface RtosTarget {
  readonly core: CortexCore;
  readonly clock: Clock;
  /** The firmware's layouts; the kernels' usual ones where they are left out. */
  readonly layouts?: KernelLayouts | undefined;
}

/** The threads of a kernel in the firmware, as one client sees them. */
export class RtosThreads {
  /** Whose registers are read: `CURRENT`, or a control block's address. */
  selected: number = CURRENT;
  private readonly target: () => RtosTarget;
  private readonly symbols = new Map<string, number>();
  private asked = 0;
  /** What was read at the last stop. */
  private found: FoundThreads | undefined;
  /** Counts what makes lists old that are being read. */
  private epoch = 0;

  constructor(target: () => RtosTarget) {
    this.target = target;
  }

  /** The kernel whose symbols the client's program has. */
  get kernel(): Kernel | undefined {
    return kernelWith((name) => this.symbols.has(name));
  }

  /** The next symbol to ask the client for; undefined once all were. */
  nextSymbol(): string | undefined {
    return SYMBOLS[this.asked++];
  }

  /** Begins to ask anew: the client has another program. */
  askAnew(): void {
    this.symbols.clear();
    this.asked = 0;
    this.forget();
  }

  /** Takes the address of a symbol that was asked for; what a client names besides is not kept. */
  note(name: string, address: number): void {
    if (SYMBOLS.includes(name)) this.symbols.set(name, address);
  }

  /** The core has run, or memory was written: what was read is old. */
  forget(): void {
    this.found = undefined;
    this.epoch++;
  }

  /**
   * What the kernel's lists hold; undefined without a kernel, while it does not run, and while the core does. What can't be
   * read is noted; a probe or a target that is lost throws.
   */
  async read(): Promise<FoundThreads | undefined> {
    const { kernel } = this;
    if (!kernel) return undefined;
    if (!this.found) {
      if ((await this.target().core.state()) !== "halted") return undefined;
      const { epoch } = this;
      const found = await this.readLists(kernel);
      if (epoch !== this.epoch) return shown(found);
      this.found = found;
    }
    return shown(this.found);
  }

  /** A thread by its id that is not the current one. */
  async other(id: number): Promise<RtosThread | undefined> {
    return (await this.read())?.others.find((thread) => thread.id === id);
  }

  /** Registers of the thread that is selected, none of one that has gone; undefined for the current one, whose are the core's. */
  async registers(): Promise<SavedRegisters | undefined> {
    if (this.selected === CURRENT) return undefined;
    const thread = await this.other(this.selected);
    if (!thread) return { registers: {}, note: `there is no thread ${address32(this.selected)} any more` };
    return savedRegisters(this.memory(), thread.stack);
  }

  private get layouts(): KernelLayouts {
    return this.target().layouts ?? USUAL;
  }

  private async readLists(kernel: Kernel): Promise<FoundThreads> {
    const found = new FoundThreads();
    for (const note of this.layouts.notes(kernel.structures)) found.note(note);
    try {
      await kernel.read(this.memory(), found);
    } catch (error) {
      if (codeOf(error) === "timeout") found.note(`reading ${kernel.name}'s lists took too long: some are not shown`);
      else if (codeOf(error) === "memory-fault")
        found.note(`${kernel.name}'s lists can't be read: ${(error as Error).message}`);
      else throw error;
    }
    return found;
  }

  private memory(): KernelMemory {
    const { core, clock } = this.target();
    const { deadline } = within(clock, MOST_MS);
    const bytes = async (address: number, length: number) => {
      // Between two reads: one that is broken off would cost the connection.
      checkIo(clock, { deadline }, "the threads' lists");
      if (address < 0 || length > MOST_BYTES || address + length > 2 ** 32) throw beyond(address, length);
      return readBlock(core.memory, address, length);
    };
    return {
      core: { hasFpu: core.identity.hasFpu, isV8: V8.test(core.identity.name) },
      symbol: (name) => this.symbols.get(name),
      offsets: (structure) => this.layouts.offsets(structure),
      bytes,
      word: async (address) => {
        const four = await bytes(address, 4);
        return new DataView(four.buffer, four.byteOffset, 4).getUint32(0, true);
      },
    };
  }
}

/** Bytes of the largest block that any kernel has for a thread: a length from the firmware may be anything. */
const MOST_BYTES = 0x1000;

/** Nothing, where there is neither a thread nor a word about why. */
const shown = (found: FoundThreads): FoundThreads | undefined =>
  found.count === 0 && found.notes.length === 0 ? undefined : found;

const beyond = (address: number, count: number) =>
  new AdiError("memory-fault", `${address32(address)} and ${count} bytes are no place of a thread`, {
    details: { address: address32(address), count },
  });
