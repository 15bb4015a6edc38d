import type { Family } from "../family.ts";
import { bystanders } from "./bystanders.ts";
import { directLoader } from "./direct.ts";
import { dropCachedFlash } from "./flash-control.ts";
import { LAYOUT } from "./queue-words.ts";
import { ramLoader, feedWatchdog } from "./ram.ts";
import { FLASH_SR } from "./registers-flash.ts";
import { RCC_CSR } from "./registers-system.ts";

/** ST's STM32F4, and the F2 and F7 as far as their flash interface is the same. */
export const stm32f4: Family = {
  flashIdle: { address: FLASH_SR.address, width: 32, mask: FLASH_SR.mask("BSY"), value: 0 },
  beforeHash: ({ core }) => ({
    looks: [],
    writes: () => [],
    calmWatchdog: async (_bytes, io) => {
      await dropCachedFlash(core, io);
      await feedWatchdog(core, io);
    },
  }),
  resetCauses: [RCC_CSR],
  bystanders,
  ramUsed: LAYOUT.end,
  loaders: {
    direct: ({ core, clock }) => directLoader(core, clock),
    ram: ({ core, chip, clock }) => ramLoader(core, chip, clock),
  },
};
