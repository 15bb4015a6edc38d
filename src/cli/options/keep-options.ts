import { writeHex } from "../../image/write-hex.ts";
import type { Image } from "../../image/image.ts";
import { writeOutput } from "./output-options.ts";
import type { LossOptions } from "./sets.ts";
import { type Invocation, note } from "../verb.ts";

/** `--save FILE`: stores what will be lost as Intel HEX, before anything is. */
export function saver(
  invocation: Invocation<Pick<LossOptions, "save"> & { readonly dryRun?: boolean }>,
): ((lost: Image | undefined) => void) | undefined {
  const path = invocation.options.save;
  if (path === undefined) return undefined;
  if (invocation.options.dryRun) return () => note(invocation, `dry run: ${path} isn't written`);
  return (lost) => {
    if (!lost) return note(invocation, `nothing will be lost; ${path} was not written`);
    writeOutput(path, writeHex(lost), invocation.terminal);
    const bytes = lost.segments.reduce((sum, s) => sum + s.bytes.length, 0);
    note(invocation, `${bytes} bytes that will be erased are saved in ${path}`);
  };
}
