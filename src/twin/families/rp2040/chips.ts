import { createRp2040 } from "./rp2040-chip.ts";

/** Chip models of this family by the name that boards are asked for. */
export const RP2040_MODELS = { RP2040: createRp2040 };
