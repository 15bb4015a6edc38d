import { Mk24Chip } from "./mk24-chip.ts";
import type { Mk24, Mk24Options } from "./mk24-seam.ts";

/** Makes an MK24FN1M0xxx12 without power; `powerOn` starts it. */
export const createMk24 = (options: Mk24Options): Mk24 => new Mk24Chip(options);
