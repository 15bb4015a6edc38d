import { createMk24 } from "./mk24fn1m0xxx12.ts";
import { createMk64 } from "./mk64fn1m0xxx12.ts";

/** Chip models of this family by the name that boards are asked for. */
export const KINETIS_MODELS = { MK24FN1M0xxx12: createMk24, MK64FN1M0xxx12: createMk64 };
