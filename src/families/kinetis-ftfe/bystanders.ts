import type { MemoryOp } from "../../adi/memory.ts";
import type { Register } from "../../registers/register.ts";
import type { Bystanders } from "../family.ts";
import { SIM_SCGC2, SIM_SCGC3, SIM_SCGC4, SIM_SCGC6, WDOG_STCTRLH } from "./registers-system.ts";

const look = ({ address, width }: Register): MemoryOp => ({ op: "read", address, width });

/** What counts, or writes to RAM, while the core runs code of ours: the watchdog, and every bus master but the core. */
const GATES = [SIM_SCGC2, SIM_SCGC3, SIM_SCGC4, SIM_SCGC6] as const;
const MASTERS = [
  SIM_SCGC2.mask("ENET"),
  SIM_SCGC3.mask("SDHC"),
  SIM_SCGC4.mask("USBOTG"),
  SIM_SCGC6.mask("DMAMUX"),
] as const;

/** What is at work beside the halted core: a watchdog that is on, and clocked bus masters that write to RAM. */
export const bystanders: Bystanders = {
  looks: [WDOG_STCTRLH, ...GATES].map(look),
  in: ([watchdog, ...gates]) => {
    const isWatched = WDOG_STCTRLH.field(watchdog, "WDOGEN") === 1;
    const isShared = MASTERS.some((mask, i) => (gates[i] & mask) !== 0);
    return [...(isWatched ? (["watchdog"] as const) : []), ...(isShared ? (["bus-master"] as const) : [])];
  },
};
