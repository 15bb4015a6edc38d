import type { Family } from "../family.ts";
import { bystanders } from "./bystanders.ts";
import { FSEC_SUSPICIONS } from "./causes.ts";
import { directLoader } from "./direct.ts";
import { CACHE_LOOKS, dropOf } from "./start-check.ts";
import { LAYOUT } from "./queue-words.ts";
import { ramLoader } from "./ram.ts";
import { FSTAT } from "./registers-flash.ts";
import { RCM_SRS0, RCM_SRS1 } from "./registers-system.ts";
import { switchWatchdogOff } from "./watchdog.ts";

/** Bytes that are checked in 60 ms at the reset clock; a watchdog at its reset value bites after a quarter of a second. */
const MOST_WITH_WATCHDOG = 0x18000;

/** NXP's Kinetis with the flash controller FTFE: K2x, K6x with 1 MB and more. */
export const kinetisFtfe: Family = {
  flashIdle: { address: FSTAT.address, width: 8, mask: FSTAT.mask("CCIF"), value: FSTAT.mask("CCIF") },
  resetCauses: [RCM_SRS0, RCM_SRS1],
  switchWatchdogOff,
  beforeHash: (halted) => ({
    looks: CACHE_LOOKS,
    writes: (words) => [dropOf(words)],
    calmWatchdog: async (bytes, io) => {
      if (bytes > MOST_WITH_WATCHDOG) await switchWatchdogOff(halted, io);
    },
  }),
  bystanders,
  causes: FSEC_SUSPICIONS,
  ramUsed: LAYOUT.end,
  ramUsedByBankErase: LAYOUT.long.end,
  loaders: {
    direct: ({ core, bank, clock }) => directLoader(core, bank, clock),
    ram: ({ core, chip, bank, clock }) => ramLoader(core, chip, bank, clock),
  },
};
