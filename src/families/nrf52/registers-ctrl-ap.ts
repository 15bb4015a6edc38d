import { register } from "../../registers/register.ts";

/*
 * The CTRL-AP: access port 1, which answers while the AHB-AP is closed. Addresses are offsets within the access port
 * (Nordic MDK; OpenOCD nrf5.c, pyOCD target_nRF52.py).
 */
const CTRL = "nRF52840 product specification, CTRL-AP";

/** Index and IDR of the CTRL-AP. */
export const CTRL_AP = { index: 1, idr: 0x02880000 } as const;

/** 1 holds the chip in a soft reset, 0 lets it go. */
export const CTRL_RESET = 0x00;
/** 1 starts an erase of flash, UICR and RAM. */
export const CTRL_ERASEALL = 0x04;
/** Bit 0 is 1 while that erase is under way. */
export const CTRL_ERASEALLSTATUS = 0x08;

/** Whether the AHB-AP is open. */
export const APPROTECTSTATUS = register({
  name: "APPROTECTSTATUS",
  address: 0x0c,
  width: 32,
  section: CTRL,
  fields: { APPROTECT: { bits: 0, words: { 0: "access port protected", 1: "access port open" } } },
});
