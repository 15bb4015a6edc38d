import { attention, type Core } from "../core.ts";

/**
 * The next PC after BX, BLX, or a load into PC (BXWritePC, LoadWritePC; ARMv7-M ARM A2.3.1): bit 0 becomes EPSR.T, and in
 * handler mode 0xFxxxxxxx asks for an exception return, which the run loop performs.
 */
export function interwork(core: Core, target: number): number {
  const s = core.state;
  if (target >>> 28 === 15 && s.ipsr !== 0) {
    core.exceptionReturn = target >>> 0;
    attention(core);
  } else if (!(target & 1)) {
    s.thumb = 0;
    attention(core);
  }
  return target & ~1;
}
