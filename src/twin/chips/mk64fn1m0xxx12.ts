import type { Mk24Identity } from "../chip/mk24-seam.ts";

/** NXP Kinetis K64 with 1 MB of flash and 256 KB of RAM; its Ethernet controller is not modelled. */
export const MK64FN1M0xxx12: Mk24Identity = {
  name: "MK64FN1M0xxx12",
  // As an FRDM-K64F answers.
  sdid: 0x62001348,
};
