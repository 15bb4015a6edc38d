import type { Family } from "../family.ts";
import { FSEC_SUSPICIONS } from "./causes.ts";
import { directLoader } from "./direct.ts";
import { LAYOUT } from "./mailbox.ts";
import { ramLoader } from "./ram.ts";
import { FSTAT } from "./registers-flash.ts";
import { RCM_SRS0, RCM_SRS1 } from "./registers-system.ts";
import { switchWatchdogOff } from "./watchdog.ts";

/** NXP's Kinetis with the flash controller FTFE: K2x, K6x with 1 MB and more. */
export const kinetisFtfe: Family = {
  flashIdle: { address: FSTAT.address, width: 8, mask: FSTAT.mask("CCIF"), value: FSTAT.mask("CCIF") },
  resetCauses: [RCM_SRS0, RCM_SRS1],
  switchWatchdogOff,
  causes: FSEC_SUSPICIONS,
  ramUsed: LAYOUT.end,
  loaders: {
    direct: ({ core, bank, clock }) => directLoader(core, bank, clock),
    ram: ({ core, chip, bank, clock }) => ramLoader(core, chip, bank, clock),
  },
};
