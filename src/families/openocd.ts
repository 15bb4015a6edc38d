import type { Chip, FamilyName } from "../chips/chip.ts";
import type { OpenocdWords } from "./family.ts";
import { openocd as kinetisFtfe } from "./kinetis-ftfe/openocd.ts";
import { openocd as nrf52 } from "./nrf52/openocd.ts";
import { openocd as rp2040 } from "./rp2040/openocd.ts";
import { openocd as stm32f4 } from "./stm32f4/openocd.ts";

/** OpenOCD's words by family, for comparisons with it: beside the families, whose code a page fetches. */
const WORDS: { readonly [name in FamilyName]?: OpenocdWords } = { "kinetis-ftfe": kinetisFtfe, nrf52, rp2040, stm32f4 };

/** OpenOCD's words for a chip's family; undefined where it has nothing for it, as far as is known. */
export const openocdWords = ({ familyName }: Pick<Chip, "familyName">): OpenocdWords | undefined =>
  familyName && WORDS[familyName];
