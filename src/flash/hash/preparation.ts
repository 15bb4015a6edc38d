import type { MemoryOp } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";

/** What comes before code on the core may read flash in the place of the debug port. */
export interface HashPreparation {
  /** A routine of the family's own in hex, which takes the same jobs; absent where the core's loads read flash as well. */
  readonly code?: string;
  /** What decides about the writes, each read twice. */
  readonly looks: readonly MemoryOp[];
  /** Accesses that make the core see what the cells hold, by the words of the looks; throws `unsteady-read`. */
  writes(words: Uint32Array): readonly MemoryOp[];
  /** Keeps a watchdog from biting within a call over so many bytes. */
  calmWatchdog(bytes: number, io: Io): Promise<void>;
}
