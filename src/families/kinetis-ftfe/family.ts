import type { Family } from "../family.ts";
import { directLoader } from "./direct.ts";
import { ramLoader } from "./ram.ts";

/** NXP's Kinetis with the flash controller FTFE: K2x, K6x with 1 MB and more. */
export const kinetisFtfe: Family = {
  loaders: {
    direct: ({ core, bank, clock }) => directLoader(core, bank, clock),
    ram: ({ core, chip, bank, clock }) => ramLoader(core, chip, bank, clock),
  },
};
