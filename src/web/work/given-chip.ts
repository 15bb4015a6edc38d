import type { Chip } from "../../chips/chip.ts";
import { CHIPS, findChip, loadChips } from "../../chips/list.ts";
import { loadFamily } from "../../families/list.ts";

/** A chip by its name, with its family's code at hand. Throws `chip-unknown`. */
export async function givenChip(name: string): Promise<Chip> {
  await loadChips(name);
  if (!CHIPS.some((chip) => chip.name === name)) await loadChips();
  const chip = findChip(name);
  await loadFamily(chip);
  return chip;
}

/** Every chip and family, where any of them may be found. */
export async function everyChip(): Promise<void> {
  await Promise.all([loadChips(), loadFamily()]);
}
