import { type BatchMemory, together } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import { DWT_COMP0, DWT_FUNCTION0, DWT_MASK0 } from "../registers/dwt.ts";
import { DEMCR } from "../registers/scs.ts";

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

/** FUNCTION, and zero for a comparator that is off (ARMv7-M ARM (DDI 0403E), C1.8.17). */
const FUNCTION_BITS = 0xf;

/** What stands in each comparator; undefined where it is free. */
type Slots = (Watch | undefined)[];

/** Data watchpoints in the comparators of the DWT, by handles from 1; each handle is one comparator. */
export class Watchpoints {
  private readonly memory: BatchMemory;
  private readonly slots: Slots;

  /** `capacity` is the core's number of comparators; `slots` are those that other users have, too. */
  constructor(memory: BatchMemory, capacity: number, slots: Slots = new Array<undefined>(capacity).fill(undefined)) {
    this.memory = memory;
    this.slots = slots;
  }

  /** The same comparators, reached by another way. */
  sharedBy(memory: BatchMemory): Watchpoints {
    return new Watchpoints(memory, this.slots.length, this.slots);
  }

  /** Arms a free comparator and answers its handle; undefined where all are taken. */
  async set(watch: Watch, io: Io = {}): Promise<number | undefined> {
    const slot = this.slots.indexOf(undefined);
    if (slot < 0) return undefined;
    // Taken before it is written: another user may set one in between.
    this.slots[slot] = watch;
    try {
      await together(this.memory, (own) => enableTrace(own, io), io);
      await this.arm(slot, watch, io);
    } catch (error) {
      this.slots[slot] = undefined;
      throw error;
    }
    return slot + 1;
  }

  /** Frees a comparator; answers whether the handle was one of ours. */
  async clear(handle: number, io: Io = {}): Promise<boolean> {
    const slot = handle - 1;
    if (this.slots[slot] === undefined) return false;
    const address = DWT_FUNCTION0.address + slot * STRIDE;
    await this.memory.run([{ op: "write", address, width: 32, value: 0 }], io);
    this.slots[slot] = undefined;
    return true;
  }

  /** The watchpoints, by handle, that have matched since they were last looked at: reading MATCHED clears it. */
  async matched(io: Io = {}): Promise<ReadonlyMap<number, Watch>> {
    const armed = this.slots.flatMap((watch, slot) => (watch ? [{ watch, slot }] : []));
    if (armed.length === 0) return new Map();
    const looks = armed.map(
      ({ slot }) => ({ op: "read", address: DWT_FUNCTION0.address + slot * STRIDE, width: 32 }) as const,
    );
    const words = await this.memory.run(looks, io);
    const hits = armed.filter((_, i) => DWT_FUNCTION0.field(words[i], "MATCHED") === 1);
    return new Map(hits.map(({ watch, slot }) => [slot + 1, watch]));
  }

  /** Empties the comparators that no user here has set, and that a debugger before has left; answers their addresses. */
  async clearForeign(io: Io = {}): Promise<readonly number[]> {
    const [demcr] = await this.memory.run([{ op: "read", address: DEMCR.address, width: 32 }], io);
    // Without it the unit can't be read, and watches nothing.
    if (DEMCR.field(demcr, "TRCENA") === 0) return [];
    const free = [...this.slots.keys()].filter((slot) => !this.slots[slot]);
    const read = (register: number, slots: readonly number[]) =>
      this.memory.run(
        slots.map((slot) => ({ op: "read", address: register + slot * STRIDE, width: 32 }) as const),
        io,
      );
    const functions = await read(DWT_FUNCTION0.address, free);
    const foreign = free.filter((_, i) => (functions[i] & FUNCTION_BITS) !== 0);
    if (foreign.length === 0) return [];
    const addresses = await read(DWT_COMP0.address, foreign);
    const off = (slot: number) =>
      ({ op: "write", address: DWT_FUNCTION0.address + slot * STRIDE, width: 32, value: 0 }) as const;
    await this.memory.run(foreign.map(off), io);
    return [...addresses];
  }

  private async arm(slot: number, { address, mask, access }: Watch, io: Io): Promise<void> {
    const write = (register: number, value: number) =>
      ({ op: "write", address: register + slot * STRIDE, width: 32, value }) as const;
    await this.memory.run(
      [
        write(DWT_COMP0.address, address),
        write(DWT_MASK0.address, mask),
        write(DWT_FUNCTION0.address, FUNCTIONS[access]),
      ],
      io,
    );
  }
}

/** The comparators work only while TRCENA is set (ARMv7-M ARM, C1.6.5). */
async function enableTrace(memory: BatchMemory, io: Io): Promise<void> {
  const [demcr] = await memory.run([{ op: "read", address: DEMCR.address, width: 32 }], io);
  const value = DEMCR.with(demcr, { TRCENA: 1 });
  await memory.run([{ op: "write", address: DEMCR.address, width: 32, value }], io);
}
