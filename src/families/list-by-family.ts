import type { Chip, FamilyName } from "../chips/chip.ts";
import type { Family } from "./family.ts";

// The same as `list.ts` for a page: a family's code is fetched when one of its chips is worked on.

const loaded: { [name in FamilyName]?: Family } = {};

const LOADS: { readonly [name in FamilyName]: () => Promise<Family> } = {
  "kinetis-ftfe": () => import("./kinetis-ftfe/family.ts").then(({ kinetisFtfe }) => kinetisFtfe),
  rp2040: () => import("./rp2040/family.ts").then(({ rp2040 }) => rp2040),
  nrf52: () => import("./nrf52/family.ts").then(({ nrf52 }) => nrf52),
  stm32f4: () => import("./stm32f4/family.ts").then(({ stm32f4 }) => stm32f4),
};

/** The families whose code is here. */
export const FAMILIES: { readonly [name in FamilyName]?: Family } = loaded;

/** The family of a chip; undefined where Flashproof does not know it, or its code is not here. */
export const familyOf = ({ familyName }: Pick<Chip, "familyName">): Family | undefined =>
  familyName && FAMILIES[familyName];

/** Fetches the code of a chip's family, if it has one; of all families without a chip. */
export async function loadFamily(chip?: Pick<Chip, "familyName">): Promise<void> {
  const all = Object.keys(LOADS) as readonly FamilyName[];
  for (const name of chip ? all.filter((each) => each === chip.familyName) : all) loaded[name] ??= await LOADS[name]();
}
