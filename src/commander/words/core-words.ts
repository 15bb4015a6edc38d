import type { Notes } from "../console/notes.ts";
import { isCoreLost } from "../run/failure.ts";

/** Says what a core that has gone from the wire does, or else what the error means. */
export function noteLostCore({ notes }: { readonly notes: Notes }, error: unknown): void {
  if (isCoreLost(error)) notes.answer(...LOST);
  else notes.error(error);
}

const LOST = [
  "the core doesn't answer: the chip resets over and over",
  "because: A blank chip does that. Its first two words, stack pointer and reset vector, are erased, so the core locks up at once and the chip resets itself. Firmware that crashes at its start, or a watchdog, does the same.",
  "hint: loadfile FILE programs it: the next command connects anew, and holds the core while it does. r stops a core at its reset vector.",
];
