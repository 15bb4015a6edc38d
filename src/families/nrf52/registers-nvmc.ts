import { register } from "../../registers/register.ts";

const NVMC = "nRF52840 product specification, NVMC; Nordic MDK nrf52840.h";

/** The controller's first register; its offsets are the same on every nRF52. */
export const NVMC_BASE = 0x4001e000;

/** Whether the controller works. */
export const NVMC_READY = register({
  name: "NVMC.READY",
  address: NVMC_BASE + 0x400,
  width: 32,
  section: NVMC,
  fields: { READY: { bits: 0, words: { 0: "busy", 1: "ready" } } },
});

/** What may be done to flash. */
export const NVMC_CONFIG = register({
  name: "NVMC.CONFIG",
  address: NVMC_BASE + 0x504,
  width: 32,
  section: NVMC,
  fields: { WEN: { bits: [2, 0], words: { 0: "read only", 1: "write", 2: "erase", 4: "partial erase (unsure)" } } },
});

/** Erases the page of code flash whose address is written. */
export const NVMC_ERASEPAGE = NVMC_BASE + 0x508;
/** Erases UICR where 1 is written. */
export const NVMC_ERASEUICR = NVMC_BASE + 0x514;

/** UICR, a page of its own, and its word that closes the debug port. */
export const UICR = { start: 0x10001000, length: 0x1000, APPROTECT: 0x10001208 } as const;
