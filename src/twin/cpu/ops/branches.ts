import { attention, type Core } from "../core.ts";
import { isV8 } from "../profiles/profile.ts";

/** EXC_RETURN: 0xFxxxxxxx on ARMv6-M and ARMv7-M, 0xFFxxxxxx on ARMv8-M, where 0xFE is FNC_RETURN. */
const isExceptionReturn = ({ profile }: Core, target: number): boolean =>
  isV8(profile) ? target >>> 24 === 0xff : target >>> 28 === 15;

/**
 * The next PC after BX, BLX, or a load into PC (BXWritePC, LoadWritePC; ARMv7-M ARM A2.3.1): bit 0 becomes EPSR.T, and in
 * handler mode an EXC_RETURN asks for an exception return, which the run loop performs.
 */
export function interwork(core: Core, target: number): number {
  const s = core.state;
  if (s.ipsr !== 0 && isExceptionReturn(core, target)) {
    core.exceptionReturn = target >>> 0;
    attention(core);
  } else if (!(target & 1)) {
    s.thumb = 0;
    attention(core);
  }
  return target & ~1;
}
