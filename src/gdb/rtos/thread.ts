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
 * Where a switch has saved a thread's registers, from a low address up. `software`: what stands there before the frame that
 * the core has pushed. `split`: R4 to R11 at another place, the core's frame at `pointer`.
 */
export type SavedStack =
  | { readonly kind: "software"; readonly pointer: number; readonly form: SoftwareFrame; readonly excReturn?: number }
  | { readonly kind: "split"; readonly pointer: number; readonly callee: number };

/**
 * `exc-return-behind`: R4 to R11, EXC_RETURN where the port uses the FPU, then S16 to S31 where the thread has;
 * `exc-return-first`: EXC_RETURN, S16 to S31 where used, R4 to R11, or R4 to R11 alone; `floats-first`: S16 to S31 where the
 * kernel's own EXC_RETURN says so, R4 to R11.
 */
export type SoftwareFrame = "exc-return-behind" | "exc-return-first" | "floats-first";

/** What a kernel's lists say. */
export interface KernelState {
  /** The control block of the thread that runs. */
  readonly current: number;
  readonly currentName: string;
  readonly others: readonly RtosThread[];
  /** What is broken or hidden, in sentences. */
  readonly notes: readonly string[];
}

/** The target's memory and the firmware's symbols, as kernels are read by. */
export interface KernelMemory {
  /** The symbol's address; undefined where the firmware has none. */
  symbol(name: string): number | undefined;
  /** Throws where memory can't be read. */
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
  /** Undefined while the kernel does not run yet. */
  read(memory: KernelMemory): Promise<KernelState | undefined>;
}

/** More threads than any of these kernels has on a microcontroller: a list that is longer is broken. */
export const MOST_THREADS = 256;

/** A thread's name up to its 0, as far as it is printable. */
export async function nameAt(memory: KernelMemory, address: number, most = 32): Promise<string> {
  const bytes = await memory.bytes(address, most);
  const end = bytes.indexOf(0);
  const text = String.fromCharCode(...bytes.subarray(0, end < 0 ? most : end));
  return /^[\x20-\x7e]*$/.test(text) ? text : "";
}

/** Follows a chain of control blocks. Ends with a note where it leaves memory, closes elsewhere or has no end. */
export async function walk(
  first: number,
  next: (at: number) => Promise<number>,
  what: string,
): Promise<{ readonly blocks: readonly number[]; readonly notes: readonly string[] }> {
  const blocks: number[] = [];
  for (let at = first; at !== 0; ) {
    if (blocks.length > 0 && at === first) break;
    if (blocks.includes(at) || blocks.length >= MOST_THREADS || at % 4 !== 0) return broken(blocks, what, at);
    try {
      const after = await next(at);
      blocks.push(at);
      at = after;
    } catch {
      return broken(blocks, what, at);
    }
  }
  return { blocks, notes: [] };
}

const broken = (blocks: readonly number[], what: string, at: number) => ({
  blocks,
  notes: [
    `${what} is broken at 0x${at.toString(16).toUpperCase().padStart(8, "0")}: the threads behind it are not shown`,
  ],
});
