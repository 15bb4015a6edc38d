import { printable } from "../base/printable.ts";
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

/** Colours by what a line on stderr is: SGR numbers of ECMA-48. */
const COLOURS: readonly (readonly [start: RegExp, sgr: number])[] = [
  [/^(?:flashproof: )?error: /, 31],
  [/^(?:flashproof: )?warning: /, 33],
  [/^(?:flashproof: )?hint: /, 36],
];

/** Whether stderr is coloured: FORCE_COLOR says it, else NO_COLOR and a dumb terminal forbid it, else a terminal has it. */
export function isColoured({ env, errIsTerminal }: Pick<Streams, "env" | "errIsTerminal">): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM } = env;
  if (force !== undefined && force !== "") return force !== "0" && force !== "false";
  return errIsTerminal && (no === undefined || no === "") && TERM !== "dumb";
}

/** A text with the first word of each line in the colour of what the line is; `printable` has run before. */
export const coloured = (text: string): string => text.split("\n").map(colouredLine).join("\n");

function colouredLine(line: string): string {
  const [found, sgr] = COLOURS.flatMap(([start, colour]) => {
    const [head] = start.exec(line) ?? [];
    return head === undefined ? [] : [[head, colour] as const];
  })[0] ?? ["", 0];
  return found === "" ? line : `\u001b[${sgr}m${found.trimEnd()}\u001b[0m${line.slice(found.trimEnd().length)}`;
}
