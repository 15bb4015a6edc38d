import type { RegisterName } from "../../cortex/core.ts";
import type { Structure, StructureOffsets } from "./layout.ts";

/** One thread of a kernel that doesn't run now. */
export interface RtosThread {
  /** The address of its control block. */
  readonly id: number;
  readonly name: string;
  /** `ready; priority 3`. */
  readonly state: string;
  readonly stack: SavedStack;
}

/**
 * Where a switch has saved a thread's registers. `software`: on its stack, before the frame that the core has pushed.
 * `split`: R4 to R11 at another place, the core's frame at `pointer`; `floats` is undefined where the kernel doesn't show
 * whether that frame has the FPU's registers. `each`: every register at an address of its own.
 */
export type SavedStack =
  | { readonly kind: "software"; readonly pointer: number; readonly form: SoftwareFrame; readonly excReturn?: number }
  | { readonly kind: "split"; readonly pointer: number; readonly callee: number; readonly floats: boolean | undefined }
  | { readonly kind: "each"; readonly at: { readonly [name in RegisterName]?: number } };

/**
 * What a switch has put before the core's frame, from a low address up. `exc-return-behind`: R4 to R11, EXC_RETURN where the
 * port uses the FPU, then S16 to S31 where the thread does; on ARMv8-M up to three words and EXC_RETURN come first.
 * `exc-return-first`: EXC_RETURN, S16 to S31 where used, R4 to R11; or R4 to R11 alone. `floats-first`: S16 to S31 where
 * the kernel's own EXC_RETURN says so, R4 to R11.
 */
export type SoftwareFrame = "exc-return-behind" | "exc-return-first" | "floats-first";

/** What of a core decides how a switch saves registers. */
export interface KernelCore {
  readonly hasFpu: boolean;
  /** ARMv8-M has more values of EXC_RETURN, and stack limits. */
  readonly isV8: boolean;
}

/** The target's memory and the firmware's symbols, as kernels are read by. */
export interface KernelMemory {
  readonly core: KernelCore;
  /** The symbol's address; undefined where the firmware has none. */
  symbol(name: string): number | undefined;
  /** Where a structure's members lie in this firmware. */
  offsets<Member extends string>(structure: Structure<Member>): StructureOffsets<Member>;
  /** Throws `memory-fault` where memory can't be read, and `timeout` once reading has taken too long. */
  word(address: number): Promise<number>;
  bytes(address: number, length: number): Promise<Uint8Array>;
}

/** How one kernel's threads are read. */
export interface Kernel {
  readonly name: string;
  /** Symbols without which it isn't this kernel. */
  readonly needs: readonly string[];
  /** Symbols that tell more. */
  readonly also: readonly string[];
  /** Its structures whose layout depends on the build. */
  readonly structures: readonly Structure<string>[];
  /** Puts all threads into `found`, and nothing while the kernel does not run yet. Throws what `KernelMemory` throws. */
  read(memory: KernelMemory, found: FoundThreads): Promise<void>;
}

/** More threads than any of these kernels has on a microcontroller (unsure): what is beyond is not shown. */
export const MOST_THREADS = 256;

/** What a kernel's lists hold, as far as they were read. */
export class FoundThreads {
  /** The control block of the thread that runs; 0 while none does. */
  current = 0;
  currentName = "";
  /** What is broken or hidden, in sentences. */
  readonly notes: string[] = [];
  private readonly all = new Map<number, RtosThread>();

  /** Those that don't run, each once. */
  get others(): readonly RtosThread[] {
    return [...this.all.values()].filter(({ id }) => id !== this.current);
  }

  /** How many threads there are, the one that runs among them. */
  get count(): number {
    return this.others.length + (this.current === 0 ? 0 : 1);
  }

  /** Whether no more threads are taken. */
  get isFull(): boolean {
    return this.all.size >= MOST_THREADS;
  }

  /** Takes a thread; one that stands in several lists is in the state of the first. */
  add(thread: RtosThread): void {
    if (!this.all.has(thread.id) && !this.isFull) this.all.set(thread.id, thread);
  }

  /** Adds a sentence to what is reported. */
  note(sentence: string): void {
    this.notes.push(sentence);
  }
}
