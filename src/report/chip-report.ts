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

/** Where a chip's data come from, as a word of a table. */
export const originText = ({ origin }: Pick<Chip, "origin">): string => ORIGINS[origin];

/** What was run on silicon with a chip's data, in one line. */
export const siliconText = ({ onSilicon }: Pick<Chip, "onSilicon">): string =>
  onSilicon === undefined ? "never run on silicon" : `run on silicon: ${onSilicon}`;
