import type { Chip, FamilyName } from "../chips/chip.ts";
import type { Family } from "./family.ts";
import { rp2040 } from "./rp2040/family.ts";
import { kinetisFtfe } from "./kinetis-ftfe/family.ts";
import { nrf52 } from "./nrf52/family.ts";
import { stm32f4 } from "./stm32f4/family.ts";

/** Every family that Flashproof knows: the only way to a family's code. A new family is one line here. */
export const FAMILIES: { readonly [name in FamilyName]: Family } = {
  "kinetis-ftfe": kinetisFtfe,
  rp2040,
  nrf52,
  stm32f4,
};

/** Has the code of a chip's family in `FAMILIES`; of all families without a chip. A page fetches it (list-by-family.ts). */
export const loadFamily = async (_chip?: Pick<Chip, "familyName">): Promise<void> => {};

/** The family of a chip; undefined where Flashproof does not know it. */
export const familyOf = ({ familyName }: Pick<Chip, "familyName">): Family | undefined =>
  familyName && FAMILIES[familyName];
