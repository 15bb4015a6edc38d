import { readBlock } from "../../adi/block.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { FREERTOS } from "./freertos.ts";
import { OTHER_KERNELS } from "./other-kernels.ts";
import { type SavedRegisters, savedRegisters } from "./saved-registers.ts";
import type { Kernel, KernelMemory, KernelState, RtosThread } from "./thread.ts";

/** Kernels in the order in which they are looked for. */
const KERNELS: readonly Kernel[] = [FREERTOS, ...OTHER_KERNELS];

/** Every symbol that one of them wants. */
const SYMBOLS: readonly string[] = KERNELS.flatMap(({ needs, also }) => [...needs, ...also]);

/** The thread that runs, whichever that is: the client keeps one thread whatever is switched. */
export const CURRENT = 1;

/** The threads of a kernel in the firmware, as one client sees them. */
export class RtosThreads {
  /** Whose registers are read: `CURRENT`, or a control block's address. */
  selected: number = CURRENT;
  private readonly core: () => CortexCore;
  private readonly symbols = new Map<string, number>();
  private asked = 0;
  /** What was read at the last stop. */
  private state: KernelState | undefined;
  private isRead = false;

  constructor(core: () => CortexCore) {
    this.core = core;
  }

  /** The kernel whose symbols the client's program has. */
  get kernel(): Kernel | undefined {
    return KERNELS.find(({ needs }) => needs.every((name) => this.symbols.has(name)));
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

  /** Takes a symbol's address. */
  note(name: string, address: number): void {
    this.symbols.set(name, address);
  }

  /** The core runs: what was read is old. */
  forget(): void {
    this.state = undefined;
    this.isRead = false;
    this.selected = CURRENT;
  }

  /** What the kernel's lists say; undefined without a kernel, while it does not run, and where it can't be read. */
  async read(): Promise<KernelState | undefined> {
    const { kernel } = this;
    if (!kernel || this.isRead) return this.state;
    try {
      this.state = await kernel.read(this.memory());
    } catch (error) {
      this.state = {
        current: 0,
        currentName: "",
        others: [],
        notes: [`${kernel.name}'s lists can't be read: ${(error as Error).message}`],
      };
    }
    this.isRead = true;
    return this.state;
  }

  /** A thread by its id that is not the current one. */
  async other(id: number): Promise<RtosThread | undefined> {
    return (await this.read())?.others.find((thread) => thread.id === id);
  }

  /** Registers of the thread that is selected; undefined for the current one, whose are the core's. */
  async registers(): Promise<SavedRegisters | undefined> {
    if (this.selected === CURRENT) return undefined;
    const thread = await this.other(this.selected);
    return thread && savedRegisters(this.memory(), thread.stack);
  }

  private memory(): KernelMemory {
    const read = (address: number, length: number) => readBlock(this.core().memory, address, length);
    return {
      symbol: (name) => this.symbols.get(name),
      bytes: read,
      word: async (address) => {
        const bytes = await read(address, 4);
        return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
      },
    };
  }
}
