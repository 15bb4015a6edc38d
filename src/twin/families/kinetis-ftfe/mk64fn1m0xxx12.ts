import type { KinetisChip } from "./chip-data.ts";
import { kinetisModel } from "./mk24-chip.ts";

/** MK64FN1M0xxx12, with the SDID of an FRDM-K64F; its Ethernet controller is not modelled. SRAM: pyOCD 0.46. */
const MK64FN1M0: KinetisChip = {
  name: "MK64FN1M0xxx12",
  sdid: 0x62001348,
  sopt1: 0x8000b000,
  sramL: { base: 0x1fff0000, size: 0x10000 },
  sramU: { base: 0x20000000, size: 0x30000 },
};

/** Makes an MK64FN1M0xxx12 without power. */
export const createMk64 = kinetisModel(MK64FN1M0);
