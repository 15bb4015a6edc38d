import type { Family } from "../family.ts";
import { directLoader } from "./direct.ts";
import { ramLoader } from "./ram.ts";

/** NXP's Kinetis with the flash controller FTFE: K2x, K6x with 1 MB and more. */
export const kinetisFtfe: Family = {
  loaders: {
    direct: ({ core, chip, clock }) => directLoader(core, chip.flash, clock),
    ram: ({ core, chip, clock }) => ramLoader(core, chip, clock),
  },
};
