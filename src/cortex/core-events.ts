import { type BatchMemory, together } from "../adi/memory.ts";
import { wordsOf } from "../base/bytes.ts";
import { bit, type u32 } from "../base/u32.ts";
import { DHCSR } from "../registers/scs.ts";
import { DHCSR_BIT } from "./core-state.ts";

/** What happened to a core, and who did it: the name of a user, or `target` where no user did. */
export type CoreEvent =
  | { readonly event: "halted"; readonly by: string }
  | { readonly event: "resumed"; readonly by: string }
  | { readonly event: "reset"; readonly by: string };

/** Receives events in their order. */
export type OnCoreEvent = (event: CoreEvent) => void;

/** The user that an event has where the core, a button or the watchdog did it. */
const BY_TARGET = "target";

/**
 * Publishes what reads of DHCSR show about one core. S_RESET_ST is cleared by the read that sees it, so the value of
 * every read passes through here, of every user: a reset is published to all users once.
 */
export class CoreEvents {
  private readonly listeners = new Set<OnCoreEvent>();
  private isHalted: boolean | undefined;
  private isInReset = false;
  /** Who is about to halt, resume or reset the core. */
  private acting: string | undefined;

  /** Calls a listener with every event from now on; the returned function ends that. */
  listen(listener: OnCoreEvent): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Runs an act of a user: what DHCSR shows until it ends is caused by that user. */
  async during<T>(user: string, act: () => Promise<T>): Promise<T> {
    const before = this.acting;
    this.acting = user;
    try {
      return await act();
    } finally {
      this.acting = before;
    }
  }

  /**
   * Takes the values of the reads of DHCSR in one batch. Set twice in a row, S_RESET_ST says that the reset lasts; once, it
   * says that there was one, and the next one is another.
   */
  see(reads: readonly u32[]): void {
    for (const dhcsr of reads) {
      const isReset = bit(dhcsr, DHCSR_BIT.S_RESET_ST);
      if (isReset && !this.isInReset) this.publish("reset");
      this.isInReset = isReset;
      this.seeHalt(dhcsr);
    }
    if (reads.length === 1) this.isInReset = false;
  }

  private seeHalt(dhcsr: u32): void {
    const isHalted = bit(dhcsr, DHCSR_BIT.S_HALT);
    if (isHalted !== (this.isHalted ?? isHalted)) this.publish(isHalted ? "halted" : "resumed");
    this.isHalted = isHalted;
  }

  /** Notes that a user has let the core run: the next look finds it running, or halted again. */
  resumed(user: string): void {
    if (this.isHalted === false) return;
    this.isHalted = false;
    this.emit({ event: "resumed", by: user });
  }

  private publish(event: CoreEvent["event"]): void {
    this.emit({ event, by: this.acting ?? BY_TARGET });
  }

  private emit(event: CoreEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

/** The same memory; the values of DHCSR that are read through it are shown to `see`, those of a batch together. */
export function observed(memory: BatchMemory, see: (reads: readonly u32[]) => void): BatchMemory {
  return {
    async read(address, count, width, io) {
      const bytes = await memory.read(address, count, width, io);
      const at = DHCSR.address - address;
      if (at >= 0 && at + 4 <= count) see([...wordsOf(bytes.subarray(at, at + 4))]);
      return bytes;
    },
    write: (address, bytes, width, io) => memory.write(address, bytes, width, io),
    async run(ops, io) {
      const words = await memory.run(ops, io);
      const looks = ops.filter(({ op }) => op !== "write");
      const reads = [...words].filter((_, i) => looks[i].address === DHCSR.address && looks[i].width === 32);
      if (reads.length > 0) see(reads);
      return words;
    },
    ...(memory.together && {
      together: (accesses, io) => together(memory, (own, part) => accesses(observed(own, see), part), io),
    }),
  };
}
