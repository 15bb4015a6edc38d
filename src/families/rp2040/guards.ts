import type { GuardedRange } from "../../chips/chip.ts";
import { SSI_DR0 } from "./registers.ts";

/** Where a raw write to an RP2040 can change its flash. */
export const rp2040Guards: readonly GuardedRange[] = [
  {
    name: "the serial interface to the flash SSI",
    kind: "flash-controller",
    start: 0x18000000,
    length: 0x1000,
    starts: { start: SSI_DR0.address, length: 4 },
    startedBy: "SSI_DR0",
    can: "it can send commands to the flash, which erase it or lock parts of it for ever",
  },
];
