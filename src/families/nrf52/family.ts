import type { Family } from "../family.ts";
import { bystanders } from "./bystanders.ts";
import { directLoader } from "./direct.ts";
import { LAYOUT } from "./mailbox.ts";
import { ramLoader } from "./ram.ts";
import { NVMC_READY } from "./registers-nvmc.ts";
import { POWER_RESETREAS } from "./registers-system.ts";

/** Nordic's nRF52 with the NVMC. */
export const nrf52: Family = {
  flashIdle: {
    address: NVMC_READY.address,
    width: 32,
    mask: NVMC_READY.mask("READY"),
    value: NVMC_READY.mask("READY"),
  },
  // The cache is for instructions alone, and a watchdog that firmware has started ends with the reset before a job.
  beforeHash: () => ({ looks: [], writes: () => [], calmWatchdog: async () => {} }),
  resetCauses: [POWER_RESETREAS],
  bystanders,
  ramUsed: LAYOUT.end,
  loaders: {
    direct: ({ core, clock }) => directLoader(core, clock),
    ram: ({ core, chip, bank, clock }) => ramLoader(core, chip, bank, clock),
  },
};
