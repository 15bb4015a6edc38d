import type { Family } from "../family.ts";
import { CHIP_RESET, WATCHDOG_REASON } from "./registers.ts";
import { RAM_USED, romLoader } from "./rom-loader.ts";

/** Raspberry Pi's RP2040 with a serial flash behind it. */
export const rp2040: Family = {
  resetCauses: [CHIP_RESET, WATCHDOG_REASON],
  ramUsed: RAM_USED,
  disturbs:
    "each change resets core 1, and the flash is read by slow commands from then on, until the next reset of the chip",
  loaders: {
    direct: ({ core, chip, clock }) => romLoader("direct", core, chip, clock),
    ram: ({ core, chip, clock }) => romLoader("ram", core, chip, clock),
  },
};
