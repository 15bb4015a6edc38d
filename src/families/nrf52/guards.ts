import type { GuardedRange } from "../../chips/chip.ts";
import { NVMC_BASE, NVMC_ERASEPAGE, UICR } from "./registers-nvmc.ts";

/** Where a raw write to an nRF52 can erase or lock it. */
export const NRF52_GUARDS: readonly GuardedRange[] = [
  {
    name: "the flash controller NVMC",
    kind: "flash-controller",
    start: NVMC_BASE,
    length: 0x1000,
    // ERASEPAGE to ERASEPAGEPARTIAL: each starts an erase when it is written.
    starts: { start: NVMC_ERASEPAGE, length: 0x14 },
    startedBy: "ERASEPAGE, ERASEALL, ERASEUICR and their neighbours",
    can: "it can erase a page, UICR or everything",
  },
  {
    name: "UICR",
    kind: "options",
    ...{ start: UICR.start, length: UICR.length },
    can: "it holds the access port protection, which only flash and erase write as a plan says",
  },
  {
    // FORCEPROTECT 0x550 and DISABLE 0x558 (Nordic MDK, nrf52840.h).
    name: "APPROTECT",
    kind: "options",
    start: 0x40000550,
    length: 0xc,
    can: "it closes the debug port until the next reset",
  },
];
