import type { MemoryOp } from "../../adi/memory.ts";
import type { Register } from "../../registers/register.ts";
import type { Bystanders } from "../family.ts";
import { RCC_AHB1ENR, RCC_APB1ENR, RCC_CSR } from "./registers-system.ts";

const look = ({ address, width }: Register): MemoryOp => ({ op: "read", address, width });

/** Bus masters that write to RAM; all others there are served by the DMA controllers. */
const MASTERS = RCC_AHB1ENR.of({ DMA1EN: 1, DMA2EN: 1, DMA2DEN: 1, ETHMACEN: 1, OTGHSEN: 1 });

/**
 * What is at work beside the halted core: clocked bus masters that write to RAM, and a watchdog. The independent one has no
 * bit of its own that says that it runs: it forces its oscillator on (RM0090, 21.3.3), whose bit is taken for it (unsure);
 * the window watchdog counts only where it is clocked.
 */
export const bystanders: Bystanders = {
  looks: [RCC_CSR, RCC_APB1ENR, RCC_AHB1ENR].map(look),
  in: ([csr, apb1, ahb1]) => {
    const isWatched = RCC_CSR.field(csr, "LSIRDY") === 1 || RCC_APB1ENR.field(apb1, "WWDGEN") === 1;
    const isShared = (ahb1 & MASTERS) !== 0;
    return [...(isWatched ? (["watchdog"] as const) : []), ...(isShared ? (["bus-master"] as const) : [])];
  },
};
