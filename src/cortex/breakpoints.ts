import type { BatchMemory, MemoryOp } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import { address32, type u32 } from "../base/u32.ts";
import { FP_COMP0, FP_CTRL } from "../registers/fpb.ts";
import { CoreError } from "./core-error.ts";

/** Revision 1 of the unit compares in the code region only (ARMv7-M ARM (DDI 0403E), C1.11). */
const CODE_REGION_END = 0x20000000;

const write = (address: u32, value: u32): MemoryOp => ({ op: "write", address, width: 32, value });

/** Hardware breakpoints in the FPB's code comparators; one per address, in whichever slot is free. */
export class Breakpoints {
  private readonly memory: BatchMemory;
  /** The address in each slot. */
  private readonly slots: (u32 | undefined)[];

  /** `capacity` is the core's number of code comparators. */
  constructor(memory: BatchMemory, capacity: number) {
    this.memory = memory;
    this.slots = new Array<u32 | undefined>(capacity).fill(undefined);
  }

  /** Addresses that have a breakpoint, in the order of their slots. */
  get addresses(): readonly u32[] {
    return this.slots.filter((address) => address !== undefined);
  }

  /** Stops the core before it executes at `address`; throws `core-breakpoint` when no slot is free or can reach it. */
  async set(address: u32, io: Io = {}): Promise<void> {
    const at = (address & ~1) >>> 0;
    if (this.slots.includes(at)) return;
    if (at >= CODE_REGION_END) throw refused(at, "lies outside the code region");
    const slot = this.slots.indexOf(undefined);
    if (slot < 0) throw refused(at, `finds all ${this.slots.length} comparators taken`);
    await this.memory.run([enable, write(comparator(slot), comparison(at))], io);
    this.slots[slot] = at;
  }

  /** Takes a breakpoint away; answers whether there was one. */
  async clear(address: u32, io: Io = {}): Promise<boolean> {
    const slot = this.slots.indexOf((address & ~1) >>> 0);
    if (slot < 0) return false;
    await this.memory.run([write(comparator(slot), 0)], io);
    this.slots[slot] = undefined;
    return true;
  }

  /** Empties every comparator, those of other debuggers too. */
  async clearAll(io: Io = {}): Promise<void> {
    await this.memory.run(
      this.slots.map((_, slot) => write(comparator(slot), 0)),
      io,
    );
    this.slots.fill(undefined);
  }
}

const enable = write(FP_CTRL.address, FP_CTRL.of({ KEY: 1, ENABLE: 1 }));

const comparator = (slot: number): u32 => FP_COMP0.address + slot * 4;

/** One comparator watches a word; REPLACE says which halfword of it. */
const comparison = (address: u32): u32 =>
  FP_COMP0.of({ REPLACE: address & 2 ? 2 : 1, COMP: (address >>> 2) & 0x07ffffff, ENABLE: 1 });

const refused = (address: u32, why: string) =>
  new CoreError("core-breakpoint", `A breakpoint at ${address32(address)} ${why}`, {
    details: { address: address32(address) },
  });
