import { romTableOf } from "../../chip/debug/rom-table.ts";
import type { CpuProfile } from "../../cpu/profiles/profile.ts";
import { M0_PLUS } from "../../cpu/profiles/v6m.ts";

/** Each of the two Cortex-M0+: 26 interrupts, an MPU with 8 regions (RP2040 data sheet 2.3.2, 2.4). */
export const RP2040_CORE: CpuProfile = { ...M0_PLUS, interruptLines: 26, mpuRegions: 8 };

/** The ROM table that a core's access port names; it is Arm's own (part 0x4C0). */
export const ROM_TABLE = romTableOf(RP2040_CORE, []);
