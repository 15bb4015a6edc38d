import type { Procedure, ProcedureStep } from "../../chips/procedure.ts";
import { FLASH_OPTCR, FLASH_OPTKEYR, FLASH_SR, OPTION_KEYS } from "./registers-flash.ts";
import { DBGMCU_APB1_FZ, DBGMCU_CR } from "./registers-system.ts";

const at = (address: number) => ({ in: "memory", address, width: 32 }) as const;
const OPTCR = at(FLASH_OPTCR.address);

const idle = {
  at: at(FLASH_SR.address),
  mask: FLASH_SR.mask("BSY"),
  value: 0,
  otherwise: "the options were not programmed: keep the power stable and try again",
} as const;

const unlocked: ProcedureStep = {
  step: "expect",
  name: "options unlocked",
  at: OPTCR,
  mask: FLASH_OPTCR.mask("OPTLOCK"),
  value: 0,
  otherwise: "FLASH_OPTCR stays locked until the next reset",
};

/** Takes a chip of RDP level 1 back to level 0; the chip erases its flash on the way. */
export const backToLevel0: Procedure = {
  name: "back to RDP level 0",
  what: "Writes 0xAA to RDP, upon which the chip erases its whole flash and the backup SRAM, and opens.",
  loses: "Everything in main flash and in the backup SRAM; the one-time area and the other option bytes stay.",
  steps: [
    { step: "until", ...idle, name: "no operation under way", deadlineMs: 15_000 },
    ...OPTION_KEYS.map(
      (value, i): ProcedureStep => ({
        step: "write",
        name: `option key ${i + 1}`,
        at: at(FLASH_OPTKEYR.address),
        value,
      }),
    ),
    unlocked,
    {
      step: "update",
      name: "level 0",
      at: OPTCR,
      mask: FLASH_OPTCR.mask("RDP"),
      value: FLASH_OPTCR.of({ RDP: 0xaa }),
    },
    // What is started is what stands in the register: 0xCC in it would close the chip for ever.
    {
      step: "expect",
      name: "level 0 asked for",
      at: OPTCR,
      mask: FLASH_OPTCR.mask("RDP"),
      value: FLASH_OPTCR.of({ RDP: 0xaa }),
      otherwise: "FLASH_OPTCR did not take level 0",
    },
    {
      step: "update",
      name: "start",
      at: OPTCR,
      mask: FLASH_OPTCR.mask("RDP") | FLASH_OPTCR.mask("OPTSTRT"),
      value: FLASH_OPTCR.of({ RDP: 0xaa, OPTSTRT: 1 }),
    },
    // The data sheet's longest mass erase is 32 s for 1 MB.
    { step: "until", ...idle, name: "flash erased, options programmed", deadlineMs: 70_000 },
    {
      step: "update",
      name: "lock the options",
      at: OPTCR,
      mask: FLASH_OPTCR.mask("OPTLOCK"),
      value: FLASH_OPTCR.mask("OPTLOCK"),
    },
    {
      step: "expect",
      name: "level 0 in force",
      at: OPTCR,
      mask: FLASH_OPTCR.mask("RDP"),
      value: FLASH_OPTCR.of({ RDP: 0xaa }),
      otherwise: "RDP is not level 0 after the erase",
    },
  ],
  cleanup: [],
  source: "RM0090, 3.7.3 Read protections; OpenOCD 0.12 stm32f2x.c, unlock",
};

/** Keeps the debugger's clocks on in low-power modes, and both watchdogs still while the core is halted. */
export const freezeWatchdogs: Procedure = {
  name: "DBGMCU for debugging",
  what: "Keeps the chip's clocks on while it sleeps, and its watchdogs still while the core is halted.",
  steps: [
    {
      step: "update",
      name: "clocks in low-power modes",
      at: at(DBGMCU_CR.address),
      mask: 0x7,
      value: DBGMCU_CR.of({ DBG_SLEEP: 1, DBG_STOP: 1, DBG_STANDBY: 1 }),
    },
    {
      step: "update",
      name: "watchdogs",
      at: at(DBGMCU_APB1_FZ.address),
      mask: DBGMCU_APB1_FZ.of({ DBG_IWDG_STOP: 1, DBG_WWDG_STOP: 1 }),
      value: DBGMCU_APB1_FZ.of({ DBG_IWDG_STOP: 1, DBG_WWDG_STOP: 1 }),
    },
  ],
  cleanup: [],
  source: "RM0090, 38.16 DBGMCU; OpenOCD stm32f4x.cfg",
};

/** PB3 becomes TRACESWO; its alternate function 0 is that already after a reset. */
export const connectSwo: Procedure = {
  name: "SWO pin",
  what: "Connects the trace port to PB3, as asynchronous trace.",
  steps: [
    {
      step: "update",
      name: "asynchronous trace",
      at: at(DBGMCU_CR.address),
      mask: 0xe0,
      value: DBGMCU_CR.of({ TRACE_IOEN: 1 }),
    },
  ],
  cleanup: [],
  source: "RM0090, 38.16.3 Debug MCU configuration register",
};
