import type { ChipModels } from "./chip-models.ts";
import { KINETIS_MODELS } from "./families/kinetis-ftfe/chips.ts";
import { NRF52_MODELS } from "./families/nrf52/chips.ts";
import { RP2040_MODELS } from "./families/rp2040/chips.ts";
import { STM32F4_MODELS } from "./families/stm32f4/chips.ts";

/** Every chip model; a new family is one line here and one in chips-by-family.ts. */
export const MODELS: ChipModels = { ...KINETIS_MODELS, ...NRF52_MODELS, ...RP2040_MODELS, ...STM32F4_MODELS };
