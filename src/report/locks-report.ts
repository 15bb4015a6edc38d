import type { Json } from "../base/errors.ts";
import type { Chip } from "../chips/chip.ts";
import { UNKNOWN_LOCKS } from "../protection/chip-fields.ts";

/** The line that says that nothing is known of a chip's locks; none where they are known. */
export const unknownLocksLines = ({ name, protection }: Pick<Chip, "name" | "protection">): readonly string[] =>
  protection ? [] : [`${name}: ${UNKNOWN_LOCKS}`];

/** The same as `--json` prints it. */
export const unknownLocksJson = ({ protection }: Pick<Chip, "protection">): { readonly [key: string]: Json } =>
  protection ? {} : { locks: UNKNOWN_LOCKS };
