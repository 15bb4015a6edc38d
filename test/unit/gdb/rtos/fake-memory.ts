import { AdiError } from "../../../../src/adi/adi-error.ts";
import { KernelLayouts } from "../../../../src/gdb/rtos/layout.ts";
import { FoundThreads, type Kernel, type KernelCore, type KernelMemory } from "../../../../src/gdb/rtos/thread.ts";

/** 64 KB at 0x20000000 with words and texts put into it, and the firmware's symbols. */
export class FakeMemory implements KernelMemory {
  static readonly start = 0x20000000;
  readonly symbols = new Map<string, number>();
  core: KernelCore = { hasFpu: true, isV8: false };
  layouts = KernelLayouts.usual();
  /** What reads beyond it throw. */
  failure: Error = new AdiError("memory-fault", "no memory is there");
  /** How many reads there were. */
  reads = 0;
  private readonly all = new Uint8Array(0x10000);

  offsets: KernelMemory["offsets"] = (structure) => this.layouts.offsets(structure);

  symbol(name: string): number | undefined {
    return this.symbols.get(name);
  }

  async bytes(address: number, length: number): Promise<Uint8Array> {
    this.reads++;
    const at = address - FakeMemory.start;
    if (at < 0 || at + length > this.all.length) throw this.failure;
    return this.all.slice(at, at + length);
  }

  async word(address: number): Promise<number> {
    const bytes = await this.bytes(address, 4);
    return new DataView(bytes.buffer).getUint32(0, true);
  }

  /** The threads that a kernel's lists hold here; undefined while it does not run. */
  async threadsOf(kernel: Kernel): Promise<FoundThreads | undefined> {
    const found = new FoundThreads();
    await kernel.read(this, found);
    return found.count === 0 && found.notes.length === 0 ? undefined : found;
  }

  put(address: number, ...words: readonly number[]): void {
    const view = new DataView(this.all.buffer);
    words.forEach((word, i) => void view.setUint32(address - FakeMemory.start + i * 4, word, true));
  }

  text(address: number, text: string): void {
    this.all.set(new TextEncoder().encode(`${text}\0`), address - FakeMemory.start);
  }
}
