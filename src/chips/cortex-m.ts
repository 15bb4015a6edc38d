import type { GuardedRange } from "./chip.ts";

const STOPS = "it stops, resets or redirects the core, and a reset makes a chip obey its security bytes";

/**
 * The debug registers on a Cortex-M4's private peripheral bus (ARMv7-M ARM (DDI 0403E), B3.1 and C1; Cortex-M4 TRM
 * (DDI 0439D), 3.8). Interrupts and the system timer (0xE000E000 to 0xE000ECFF) are not among them.
 */
export const CORTEX_M4_DEBUG: readonly GuardedRange[] = [
  { name: "ITM, DWT and FPB", kind: "debug", start: 0xe0000000, length: 0x3000, can: STOPS },
  { name: "the system control and debug registers", kind: "debug", start: 0xe000ed00, length: 0x100, can: STOPS },
  { name: "TPIU, ETM and the ROM table", kind: "debug", start: 0xe0040000, length: 0xc0000, can: STOPS },
];
