import type { ChipModels } from "./chip-models.ts";

/** The chip models of one family each, loaded when they are asked for: a page fetches only the family that it shows. */
const FAMILIES: { readonly [family: string]: () => Promise<ChipModels> } = {
  "kinetis-ftfe": () => import("./families/kinetis-ftfe/chips.ts").then((family) => family.KINETIS_MODELS),
  nrf52: () => import("./families/nrf52/chips.ts").then((family) => family.NRF52_MODELS),
  rp2040: () => import("./families/rp2040/chips.ts").then((family) => family.RP2040_MODELS),
  stm32f4: () => import("./families/stm32f4/chips.ts").then((family) => family.STM32F4_MODELS),
};

/** The chip models of a family, by the family's name in a chip's data; none of a family without models. */
export const loadFamilyModels = async (family: string | undefined): Promise<ChipModels> =>
  family !== undefined && Object.hasOwn(FAMILIES, family) ? FAMILIES[family]() : {};

/** Every family that has chip models. */
export const MODELLED_FAMILIES: readonly string[] = Object.keys(FAMILIES);
