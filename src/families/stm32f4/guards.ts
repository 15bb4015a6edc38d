import type { GuardedRange } from "../../chips/chip.ts";
import { FLASH_CR, FLASH_OPTCR } from "./registers-flash.ts";

/** Where a raw write to an STM32F4 can erase or lock it. */
export const stm32f4Guards = (): readonly GuardedRange[] => [
  {
    name: "the flash interface",
    kind: "flash-controller",
    start: 0x40023c00,
    length: 0x400,
    starts: { start: FLASH_CR.address, length: FLASH_OPTCR.address + 4 - FLASH_CR.address },
    startedBy: "FLASH_CR and FLASH_OPTCR",
    can: "it can erase the flash, protect it, or close the chip for ever",
  },
  {
    name: "the bit-band alias of the flash interface",
    kind: "flash-controller",
    start: 0x42000000 + 0x23c00 * 32,
    length: 0x400 * 32,
    starts: {
      start: 0x42000000 + (FLASH_CR.address - 0x40000000) * 32,
      length: (FLASH_OPTCR.address + 4 - FLASH_CR.address) * 32,
    },
    startedBy: "FLASH_CR and FLASH_OPTCR",
    can: "it can erase the flash, protect it, or close the chip for ever",
  },
  {
    name: "the option bytes",
    kind: "options",
    start: 0x1fffc000,
    length: 0x10,
    can: "they hold RDP, which only flash writes as a plan says",
  },
];
