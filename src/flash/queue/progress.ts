import type { MemoryOp } from "../../adi/memory.ts";
import { unsteadyRead } from "../../adi/read-twice.ts";
import { wordReads } from "../../adi/word-ops.ts";
import { SETUP_WORDS } from "./queue-words.ts";
import type { QueueLayout } from "./room.ts";

/** What the target says of how far it has come. */
export interface Progress {
  /** The number of the last step that ended well. */
  readonly done: number;
  readonly status: number;
  /** How many sectors it has erased that should have been blank. */
  readonly erased: number;
}

/** Bytes of progress behind the set-up: done, status, failed, erased. */
const LENGTH = 0x10;

/** Reads it twice, in a queue that lies in the work RAM from `base` on. */
export function progressLooks(base: number, { setup }: QueueLayout): readonly MemoryOp[] {
  const looks = wordReads(base + setup + 4 * SETUP_WORDS, LENGTH);
  return [...looks, ...looks];
}

/** The progress by the last words of a batch, where it is possible behind what is known; else throws `unsteady-read`. */
export function progressIn(words: Uint32Array, known: { readonly done: number; readonly last: number }): Progress {
  const [done, status, failed, erased, ...again] = words;
  // A status is the last word that the loader writes: what is read behind it is final.
  const isFailed = status !== 0;
  const last = isFailed ? again[0] : done;
  const isPossible = done >= known.done && done <= again[0] && again[0] <= known.last;
  // What is counted while steps are under way may grow between two looks; behind the last of them it is what it is.
  const isCounted = done === known.last || isFailed ? erased === again[3] : erased <= again[3];
  if (!isPossible || !isCounted || (isFailed && (status !== again[1] || failed !== again[2] || failed !== last + 1)))
    throw unsteadyRead("The loader's progress");
  return { done: last, status, erased };
}
