import type { Chip } from "../chips/chip.ts";

/** Where a chip's data come from, as sentences name it. */
const ORIGINS = {
  own: "Flashproof's own",
  pack: "out of its vendor's pack",
  "probe-rs": "out of probe-rs",
  user: "out of a file of yours",
} as const;

/** `data of this chip: Flashproof's own`, for plans and reports. */
export const originLine = ({ origin }: Pick<Chip, "origin">): string => `chip data: ${ORIGINS[origin]}`;

/** The same behind a chip's line; nothing where the data are our own. */
export const originNote = ({ origin }: Pick<Chip, "origin">): string =>
  origin === "own" ? "" : ` (chip data: ${ORIGINS[origin]})`;
