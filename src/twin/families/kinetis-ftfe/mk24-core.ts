import type { CpuProfile } from "../../cpu/profiles/profile.ts";
import { M4F } from "../../cpu/profiles/v7m.ts";

/** The K24's Cortex-M4F: 102 vectors, 16 of them the core's, and four priority bits (K24P144M120SF5RM, 3.2.2). */
export const MK24_CORE: CpuProfile = { ...M4F, interruptLines: 86 };
