import { ProbeError } from "../probe-error.ts";
import type { JLinkSpeeds } from "./commands.ts";

/** What a probe without GET_SPEEDS is taken to manage (as OpenOCD does): 12 MHz. */
export const DEFAULT_SPEEDS: JLinkSpeeds = { baseHz: 12_000_000, minDivider: 1 };

/** The largest number that SET_SPEED can say; 0xFFFF means adaptive clocking. */
const MAX_KHZ = 0xfffe;

/**
 * The clock that a probe will really use for a wish: the base frequency over a whole divider, never faster than asked.
 * Throws `probe-speed` below 1 kHz, which the protocol cannot say.
 */
export function realSpeed(speeds: JLinkSpeeds, hz: number): { readonly kHz: number; readonly hz: number } {
  if (!(hz >= 1000))
    throw new ProbeError("probe-speed", `A J-Link cannot clock at ${hz} Hz, 1000 is the least`, { details: { hz } });
  const divider = Math.max(speeds.minDivider, Math.ceil(speeds.baseHz / hz));
  const real = Math.floor(speeds.baseHz / divider);
  return { kHz: Math.min(MAX_KHZ, Math.floor(Math.min(hz, speeds.baseHz / speeds.minDivider) / 1000)), hz: real };
}
