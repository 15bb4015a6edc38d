import type { BatchMemory, MemoryOp } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import { address32, type u32 } from "../base/u32.ts";
import { FP_COMP0, FP_CTRL } from "../registers/fpb.ts";
import { CoreError } from "./core-error.ts";

/** Revision 1 of the unit compares in the code region only (ARMv7-M ARM (DDI 0403E), C1.11). */
const CODE_REGION_END = 0x20000000;

const write = (address: u32, value: u32): MemoryOp => ({ op: "write", address, width: 32, value });

/** One comparator that is taken: where it stops, and for whom. */
interface Slot {
  readonly address: u32;
  readonly users: Set<string>;
}

/**
 * Hardware breakpoints in the FPB's code comparators; one per address, in whichever slot is free. Several users may want
 * the same one: it stays until the last of them has cleared it.
 */
export class Breakpoints {
  private readonly memory: BatchMemory;
  private readonly slots: (Slot | undefined)[];
  private readonly user: string;

  /** `capacity` is the core's number of code comparators; `slots` are those that other users have, too. */
  constructor(
    memory: BatchMemory,
    capacity: number,
    user = "session",
    slots: (Slot | undefined)[] = new Array<Slot | undefined>(capacity).fill(undefined),
  ) {
    this.memory = memory;
    this.slots = slots;
    this.user = user;
  }

  /** The same comparators for another user. */
  sharedWith(user: string, memory: BatchMemory): Breakpoints {
    return new Breakpoints(memory, this.slots.length, user, this.slots);
  }

  /** How many comparators there are. */
  get capacity(): number {
    return this.slots.length;
  }

  /** Addresses that have a breakpoint, of any user, in the order of their slots. */
  get addresses(): readonly u32[] {
    return this.slots.flatMap((slot) => slot?.address ?? []);
  }

  /** Whether the FPB can stop the core there at all. */
  static reaches(address: u32): boolean {
    return address < CODE_REGION_END;
  }

  /** Stops the core before it executes at `address`; throws `core-breakpoint` when no slot is free or can reach it. */
  async set(address: u32, io: Io = {}): Promise<void> {
    const at = (address & ~1) >>> 0;
    const known = this.slots.find((slot) => slot?.address === at);
    if (known) return void known.users.add(this.user);
    if (!Breakpoints.reaches(at)) throw refused(at, "lies outside the code region");
    const slot = this.slots.indexOf(undefined);
    if (slot < 0) throw refused(at, `finds all ${this.slots.length} comparators taken`);
    // Taken before it is written: another user may set one in between.
    this.slots[slot] = { address: at, users: new Set([this.user]) };
    await this.memory.run([enable, write(comparator(slot), comparison(at))], io).catch((error) => {
      this.slots[slot] = undefined;
      throw error;
    });
  }

  /** Takes a breakpoint of this user away; answers whether there was one. */
  async clear(address: u32, io: Io = {}): Promise<boolean> {
    const at = (address & ~1) >>> 0;
    const slot = this.slots.findIndex((one) => one?.address === at && one.users.has(this.user));
    const taken = this.slots[slot];
    if (!taken) return false;
    if (taken.users.size === 1) {
      await this.memory.run([write(comparator(slot), 0)], io);
      this.slots[slot] = undefined;
    }
    taken.users.delete(this.user);
    return true;
  }

  /** Takes every breakpoint of this user away. */
  async clearOwn(io: Io = {}): Promise<void> {
    for (const slot of [...this.slots]) if (slot?.users.has(this.user)) await this.clear(slot.address, io);
  }

  /**
   * Empties the comparators that no user here has set: those of a debugger that was ended by force, which no reset clears.
   * Answers their addresses.
   */
  async clearForeign(io: Io = {}): Promise<readonly u32[]> {
    const words = await this.memory.run(
      this.slots.map((_, slot) => ({ op: "read", address: comparator(slot), width: 32 }) as const),
      io,
    );
    const isForeign = (slot: number) => !this.slots[slot] && FP_COMP0.field(words[slot], "ENABLE") === 1;
    const foreign = [...words.keys()].filter(isForeign);
    if (foreign.length === 0) return [];
    await this.memory.run(
      foreign.map((slot) => write(comparator(slot), 0)),
      io,
    );
    return foreign.map((slot) => addressOf(words[slot]));
  }

  /** Empties every comparator, those of other users and other debuggers too. */
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

const addressOf = (word: u32): u32 =>
  ((FP_COMP0.field(word, "COMP") << 2) | (FP_COMP0.field(word, "REPLACE") & 2)) >>> 0;

const refused = (address: u32, why: string) =>
  new CoreError("core-breakpoint", `A breakpoint at ${address32(address)} ${why}`, {
    details: { address: address32(address) },
  });
