import type { Json } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import { type Declared, isKept, type KeptBytes } from "../flash/declared.ts";

/** A kept range as `--json` prints it, in plans and in comparisons. */
export const keptJson = ({ address, length, differing }: KeptBytes): { readonly [key: string]: Json } => ({
  address: address32(address),
  length,
  differing,
});

/** `1 byte in 0x0000040C:0x0000040D`: what of a kept range is otherwise than the file says. */
export const keptText = ({ address, length, differing }: KeptBytes): string =>
  `${differing} ${differing === 1 ? "byte" : "bytes"} in ${address32(address)}:${address32(address + length)}`;

/** One declared difference as a line. */
export const declaredLine = (declared: Declared): string =>
  isKept(declared)
    ? `declared: ${keptText(declared)} kept from the chip, not as the file says (--keep)`
    : `declared: ${declared.why}`;
