import type { Chip, ChipMemory, FlashGeometry } from "./chip.ts";

/** What tells where a raw file belongs on a chip: RAM for its stack, the flash, and the sectors at which files begin. */
export function placeQuery({ memory, flash }: Chip): {
  readonly ram: readonly ChipMemory[];
  readonly flash: FlashGeometry;
  readonly step: number;
} {
  return { ram: memory.filter(({ kind }) => kind === "ram"), flash, step: flash.sectorSize };
}
