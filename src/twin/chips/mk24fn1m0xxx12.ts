import type { Mk24Identity } from "../chip/mk24-seam.ts";

/** NXP Kinetis K24 with 1 MB of flash and 256 KB of RAM. */
export const MK24FN1M0xxx12: Mk24Identity = {
  name: "MK24FN1M0xxx12",
  // Mask 1N83J, whose SUBFAMID reads 2 instead of 4 (erratum e7534), in 144 pins: derived from the FRDM-K64F's 62001348,
  // FAMID and REVID (unsure).
  sdid: 0x2200131a,
};
