import type { WireShift } from "./probe-model.ts";
import type { SwdDp } from "../chip/debug/swd-dp.ts";

/** Clocks a stretch of bits through a debug port, eight at a time, and gathers the levels after each edge. */
export function shiftThrough(dp: SwdDp, { direction, out, into, bits }: WireShift): void {
  for (let byte = 0, left = bits; left > 0; byte++, left -= 8) {
    into[byte] = shiftByte(dp, direction[byte], out[byte], Math.min(8, left));
  }
}

function shiftByte(dp: SwdDp, direction: number, out: number, count: number): number {
  let seen = 0;
  for (let bit = 0; bit < count; bit++) seen |= dp.clock((out >>> bit) & 1, (direction >>> bit) & 1) << bit;
  return seen;
}
