import type { KeepRange } from "../../flash/keep.ts";
import { writeHex } from "../../image/write-hex.ts";
import type { Image } from "../../image/image.ts";
import { writeWhole } from "../../node/files.ts";
import { parseRange } from "./numbers.ts";
import { type Invocation, listOption, note, textOption } from "../verb.ts";

/** `--keep A:B`, as often as given; throws `usage`. */
export const keepRanges = (invocation: Invocation): readonly KeepRange[] =>
  listOption(invocation, "keep").map(parseRange);

/** `--save FILE`: stores what will be lost as Intel HEX, before anything is. */
export function saver(invocation: Invocation): ((lost: Image | undefined) => void) | undefined {
  const path = textOption(invocation, "save");
  if (path === undefined) return undefined;
  return (lost) => {
    if (!lost) return note(invocation, `nothing will be lost; ${path} was not written`);
    writeWhole(path, writeHex(lost));
    const bytes = lost.segments.reduce((sum, s) => sum + s.bytes.length, 0);
    note(invocation, `${bytes} bytes that will be erased are saved in ${path}`);
  };
}
