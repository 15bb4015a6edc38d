import { bit, type u32 } from "../base/u32.ts";
import type { CoreState } from "./core.ts";

/** Bits of DHCSR as read (ARMv7-M ARM (DDI 0403E), C1.6.2). */
export const DHCSR_BIT = { S_REGRDY: 16, S_HALT: 17, S_SLEEP: 18, S_LOCKUP: 19, S_RESET_ST: 25 } as const;

/** What the core does, from a DHCSR that was read right after another: S_RESET_ST then means a reset still under way. */
export function coreStateOf(dhcsr: u32): CoreState {
  if (bit(dhcsr, DHCSR_BIT.S_RESET_ST)) return "in-reset";
  if (bit(dhcsr, DHCSR_BIT.S_HALT)) return "halted";
  if (bit(dhcsr, DHCSR_BIT.S_LOCKUP)) return "lockup";
  return bit(dhcsr, DHCSR_BIT.S_SLEEP) ? "sleeping" : "running";
}
