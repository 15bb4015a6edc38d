import type { ProtectionScheme } from "../../chips/protection-scheme.ts";

/**
 * The RP2040's locks: there are none. Nothing in its flash or anywhere else closes the debug ports (data sheet 2.3.4), and
 * what the flash chip's status register protects is no lock: it refuses erases and programs, which the loader sees.
 */
export const rp2040Protection: ProtectionScheme = {
  family: "RP2040",
  groups: [],
  combinations: [],
  exits: [],
};
