import type { Family } from "../family.ts";
import { CHIP_RESET, WATCHDOG_REASON } from "./registers.ts";
import { RP2040_HASH_CODE } from "./hash-code.ts";
import { LAYOUT } from "./queue-words.ts";
import { ramLoader } from "./ram.ts";
import { romLoader } from "./rom-loader.ts";

/** Raspberry Pi's RP2040 with a serial flash behind it. */
export const rp2040: Family = {
  resetCauses: [CHIP_RESET, WATCHDOG_REASON],
  // The routine reads the flash by commands, past the cache, and feeds the watchdog.
  beforeHash: () => ({ code: RP2040_HASH_CODE, looks: [], writes: () => [], calmWatchdog: async () => {} }),
  ramUsed: LAYOUT.end,
  disturbs:
    "each change resets core 1, and the flash is read by slow commands from then on, until the next reset of the chip",
  loaders: {
    direct: ({ core, chip, clock }) => romLoader(core, chip, clock),
    ram: ({ core, chip, clock }) => ramLoader(core, chip, clock),
  },
};
