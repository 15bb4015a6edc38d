import type { Core } from "./core.ts";
import { NO_REGION, type Region } from "./regions.ts";

/** The directly readable memory around `address` (unsigned), or `NO_REGION`. */
export function regionAt(core: Core, address: number): Region {
  const { regions } = core;
  for (let n = 0; n < regions.length; n++) {
    const region = regions[n];
    const offset = address - region.base;
    if (offset >= 0 && offset < region.length && region.memory.direct) return region;
  }
  return NO_REGION;
}

/** A word of the vector table, from memory or from the bus; negative is a bus error. */
export function fetchVector(core: Core, address: number): number {
  const region = regionAt(core, address);
  return region === NO_REGION ? core.bus.read(address, 4) : region.i32[(address - region.base) >> 2] >>> 0;
}
