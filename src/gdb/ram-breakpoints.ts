import type { BatchMemory } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import { forEach } from "../base/errors.ts";
import { BKPT } from "../flash/patches/patch.ts";

/** A BKPT in RAM: the two bytes in whose place it stands, and whose it is. */
interface Standing {
  readonly original: Uint8Array;
  readonly users: Set<object>;
}

/**
 * The BKPTs that debuggers have in one RAM; cores that share it share these. Whoever reads or writes there gets and leaves the
 * firmware's bytes, whichever debugger a BKPT belongs to.
 */
export class RamBreakpoints {
  private readonly standing = new Map<number, Standing>();
  private last: Promise<unknown> = Promise.resolve();
  private readonly attending = new Set<object>();
  private hasNoted = false;
  private readonly cores: number;
  private readonly note: (line: string) => void;

  /** `cores` share the RAM, each with one debugger at most; `note` prints a line. */
  constructor(cores = 1, note: (line: string) => void = () => {}) {
    this.cores = cores;
    this.note = note;
  }

  /** A debugger has come, which passes others' BKPTs with its core while that runs for it. */
  attend(user: object): void {
    this.attending.add(user);
  }

  /** A debugger has gone. */
  leave(user: object): void {
    this.attending.delete(user);
  }

  /** How many stand there. */
  get size(): number {
    return this.standing.size;
  }

  /** The firmware's bytes under a BKPT; undefined where none stands. */
  originalAt(address: number): Uint8Array | undefined {
    return this.standing.get(address)?.original;
  }

  /** Whether a user has one at an address. */
  isOf(user: object, address: number): boolean {
    return this.standing.get(address)?.users.has(user) === true;
  }

  /** Whether one stands at an address, and none of a user's. */
  isOthers(user: object, address: number): boolean {
    return this.standing.get(address)?.users.has(user) === false;
  }

  /** Whether any stands that is not a user's. */
  hasOthers(user: object): boolean {
    return [...this.standing.values()].some(({ users }) => !users.has(user));
  }

  /** The addresses of a user's. */
  of(user: object): readonly number[] {
    return [...this.standing.keys()].filter((address) => this.isOf(user, address));
  }

  /** Sets one for a user. */
  set(user: object, address: number, memory: BatchMemory, io: Io): Promise<void> {
    this.noteUnattended();
    return this.alone(async () => {
      const known = this.standing.get(address);
      if (known) return void known.users.add(user);
      const original = await memory.read(address, 2, 16, io);
      await memory.write(address, BKPT, 16, io);
      this.standing.set(address, { original, users: new Set([user]) });
    });
  }

  /** Takes a user's away; what stood there comes back with the last of them. */
  clear(user: object, address: number, memory: BatchMemory, io: Io): Promise<void> {
    return this.alone(async () => {
      const known = this.standing.get(address);
      if (!known?.users.has(user)) return;
      if (known.users.size === 1) {
        await memory.write(address, known.original, 16, io);
        this.standing.delete(address);
      }
      known.users.delete(user);
    });
  }

  /** Has the firmware's bytes stand at an address while a core executes them; another core may pass there meanwhile. */
  lifted(address: number, memory: BatchMemory, execute: () => Promise<void>): Promise<void> {
    return this.alone(async () => {
      const known = this.standing.get(address);
      if (!known) return execute();
      await memory.write(address, known.original, 16);
      try {
        await execute();
      } finally {
        if (this.standing.get(address) === known) await memory.write(address, BKPT, 16);
      }
    });
  }

  /** Puts the firmware's bytes back in place of all BKPTs, each user's; one whose RAM can't be written is forgotten, too. */
  clearAll(memory: BatchMemory, io: Io): Promise<void> {
    return this.alone(async () => {
      const all = [...this.standing];
      this.standing.clear();
      await forEach(all, ([address, { original }]) => memory.write(address, original, 16, io));
    });
  }

  /** Puts the original bytes in place of every BKPT in memory that was read. */
  hide(address: number, bytes: Uint8Array): void {
    for (const [at, { original }] of this.standing)
      original.forEach((byte, i) => {
        if (at + i >= address && at + i < address + bytes.length) bytes[at + i - address] = byte;
      });
  }

  /** Takes what a client writes where a BKPT stands for its original, and leaves the BKPT. */
  keep(address: number, bytes: Uint8Array): Uint8Array {
    const kept = bytes.slice();
    for (const [at, { original }] of this.standing)
      original.forEach((_, i) => {
        const offset = at + i - address;
        if (offset < 0 || offset >= kept.length) return;
        original[i] = bytes[offset];
        kept[offset] = BKPT[i];
      });
    return kept;
  }

  /** A core that no debugger attends stops at a BKPT for good, or takes a HardFault where debug is off for it. */
  private noteUnattended(): void {
    if (this.hasNoted || this.attending.size >= this.cores) return;
    this.hasNoted = true;
    this.note(
      "a breakpoint in RAM stops every core that comes there: one without a GDB at its port stays halted, or takes a HardFault",
    );
  }

  /** Two debuggers at once would each take the other's BKPT for the firmware's. */
  private alone(work: () => Promise<void>): Promise<void> {
    const result = this.last.catch(() => {}).then(work);
    this.last = result;
    return result;
  }
}
