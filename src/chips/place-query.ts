import { bootBank } from "./banks.ts";
import type { Chip, ChipMemory } from "./chip.ts";
import type { Range } from "./flash-bank.ts";

/** What tells where a raw file belongs on a chip: RAM for its stack, the flash, and the sectors at which files begin. */
export function placeQuery(chip: Chip): {
  readonly ram: readonly ChipMemory[];
  readonly flash: Range;
  readonly step: number;
} {
  const flash = bootBank(chip);
  const step = Math.min(...flash.sectors.map(({ size }) => size));
  return { ram: chip.memories.filter(({ kind }) => kind === "ram"), flash, step };
}
