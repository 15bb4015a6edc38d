import type { MemoryOp } from "../../adi/memory.ts";
import type { Bystanders } from "../family.ts";
import { WDT_BASE } from "./registers-system.ts";

/** Watchdog: whether it runs (nRF52840 PS, 6.37.4.5). */
const RUNSTATUS = WDT_BASE + 0x400;

/** The RADIO's STATE and NFCT's NFCTAGSTATE: 0 is disabled (nRF52840 PS, 6.20 and 6.13). */
const STATES = [0x40001550, 0x40005410];

/**
 * ENABLE of every other peripheral that writes to RAM by EasyDMA, at 0x500 of each; 0 is disabled (nRF52840 PS, 4.2.4 and 6).
 * ECB has none and works only for microseconds. An nRF52832 lacks some of them; that they read 0 there is unsure.
 */
const EASY_DMA = [
  ...[0x40002000, 0x40003000, 0x40004000, 0x40007000, 0x4000f000, 0x4001d000, 0x40023000, 0x40025000],
  ...[0x40027000, 0x40028000, 0x40029000, 0x4002f000, 0x5002a000],
].map((base) => base + 0x500);

const look = (address: number): MemoryOp => ({ op: "read", address, width: 32 });

/** What is at work beside the halted core: a watchdog that was started, and peripherals that are on and may write to RAM. */
export const bystanders: Bystanders = {
  looks: [RUNSTATUS, ...STATES, ...EASY_DMA].map(look),
  in: ([watchdog, ...masters]) => {
    const isWatched = (watchdog & 1) === 1;
    const isShared = masters.some((word) => word !== 0);
    return [...(isWatched ? (["watchdog"] as const) : []), ...(isShared ? (["bus-master"] as const) : [])];
  },
};
