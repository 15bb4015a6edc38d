import type { BatchMemory } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";
import { DWT_COMP0, DWT_FUNCTION0, DWT_MASK0 } from "../../registers/dwt.ts";
import { DEMCR } from "../../registers/scs.ts";

/** What a watchpoint stops the core at. */
export interface Watch {
  readonly address: number;
  /** log2 of the bytes it covers, from the address on. */
  readonly mask: number;
  readonly access: "read" | "write" | "any";
}

/** Comparators are 16 bytes apart (ARMv7-M ARM (DDI 0403E), C1.8.6). */
const STRIDE = 16;

const FUNCTIONS = { read: 5, write: 6, any: 7 } as const;

/** Data watchpoints in the comparators of the DWT, by handles from 1; each handle is one comparator. */
export class Watchpoints {
  private readonly taken = new Set<number>();

  /** Arms a free comparator and answers its handle; undefined where all are taken. */
  async set(memory: BatchMemory, capacity: number, watch: Watch, io: Io): Promise<number | undefined> {
    const slot = Array.from({ length: capacity }, (_, n) => n).find((n) => !this.taken.has(n));
    if (slot === undefined) return undefined;
    await enableTrace(memory, io);
    const write = (register: number, value: number) =>
      ({ op: "write", address: register + slot * STRIDE, width: 32, value }) as const;
    const { address, mask, access } = watch;
    await memory.run(
      [
        write(DWT_COMP0.address, address),
        write(DWT_MASK0.address, mask),
        write(DWT_FUNCTION0.address, FUNCTIONS[access]),
      ],
      io,
    );
    this.taken.add(slot);
    return slot + 1;
  }

  /** Frees a comparator; answers whether the handle was one of ours. */
  async clear(memory: BatchMemory, handle: number, io: Io): Promise<boolean> {
    const slot = handle - 1;
    if (!this.taken.delete(slot)) return false;
    const address = DWT_FUNCTION0.address + slot * STRIDE;
    await memory.run([{ op: "write", address, width: 32, value: 0 }], io);
    return true;
  }
}

/** The comparators work only while TRCENA is set (ARMv7-M ARM, C1.6.5). */
async function enableTrace(memory: BatchMemory, io: Io): Promise<void> {
  const [demcr] = await memory.run([{ op: "read", address: DEMCR.address, width: 32 }], io);
  const value = DEMCR.with(demcr, { TRCENA: 1 });
  await memory.run([{ op: "write", address: DEMCR.address, width: 32, value }], io);
}
