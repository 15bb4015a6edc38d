import { printable } from "../base/printable.ts";
import { coloured, isColoured } from "./colour.ts";
import type { Streams, Terminal } from "./output.ts";

/**
 * The terminal of a run: whatever is printed goes through it, and what comes from outside (names, logs, captures, other
 * programs' words) can neither move the cursor nor end a line that is not its own. Only `raw` passes all as it is.
 */
export function printing(streams: Streams | Terminal): Terminal {
  if ("raw" in streams) return streams;
  const dye = isColoured(streams) ? coloured : (text: string) => text;
  return {
    ...streams,
    out: (text) => streams.out(printable(text)),
    err: (text) => streams.err(dye(printable(text))),
    raw: (text) => streams.out(text),
    redraw: (line) => streams.err(`${printable(line)}\r`),
  };
}
