import type { KinetisChip } from "./chip-data.ts";
import { kinetisModel } from "./mk24-chip.ts";

/**
 * MK24FN1M0xxx12. SDID of mask 1N83J, whose SUBFAMID reads 2 instead of 4 (erratum e7534), in 144 pins: derived from the
 * FRDM-K64F's 62001348, FAMID and REVID (unsure). SRAM: NXP MK24F12 linker file.
 */
export const MK24FN1M0: KinetisChip = {
  name: "MK24FN1M0xxx12",
  sdid: 0x2200131a,
  sopt1: 0x8000b000,
  sramL: { base: 0x1fff0000, size: 0x10000 },
  sramU: { base: 0x20000000, size: 0x30000 },
};

/** Makes an MK24FN1M0xxx12 without power. */
export const createMk24 = kinetisModel(MK24FN1M0);
