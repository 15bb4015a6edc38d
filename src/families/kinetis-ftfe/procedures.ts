import type { Procedure, RegisterTest } from "../../chips/procedure.ts";
import { MDM_AP_INDEX, MDM_CONTROL, MDM_STATUS } from "./registers-mdm-ap.ts";

const PORT = { v: 1, index: MDM_AP_INDEX } as const;
const STATUS = { at: { in: "ap", ap: PORT, register: MDM_STATUS.address } } as const;
const CONTROL = { at: { in: "ap", ap: PORT, register: MDM_CONTROL.address } } as const;

const inReset: RegisterTest = {
  ...STATUS,
  name: "flash ready, chip in reset",
  mask: MDM_STATUS.mask("FLASH_READY") | MDM_STATUS.mask("SYSTEM_RESET"),
  value: MDM_STATUS.of({ FLASH_READY: 1 }),
  otherwise: "the chip did not go into reset: is the probe's reset line connected to its RESET_b pin?",
};

const massEraseEnabled: RegisterTest = {
  ...STATUS,
  name: "mass erase enabled",
  mask: MDM_STATUS.mask("MASS_ERASE_ENABLED"),
  value: MDM_STATUS.of({ MASS_ERASE_ENABLED: 1 }),
  otherwise: "its FSEC disables mass erase (MEEN = 10): no debugger can open this chip",
};

const acknowledged: RegisterTest = {
  ...STATUS,
  name: "mass erase acknowledged",
  mask: MDM_STATUS.mask("MASS_ERASE_ACK"),
  value: MDM_STATUS.of({ MASS_ERASE_ACK: 1 }),
  otherwise: "the chip did not take up the mass erase",
};

const ended: RegisterTest = {
  ...CONTROL,
  name: "mass erase ended",
  mask: MDM_CONTROL.mask("MASS_ERASE"),
  value: 0,
  otherwise: "the mass erase did not end: keep the power stable and try again",
};

const open: RegisterTest = {
  ...STATUS,
  name: "flash ready, chip open",
  mask: MDM_STATUS.mask("FLASH_READY") | MDM_STATUS.mask("SYSTEM_SECURITY"),
  value: MDM_STATUS.of({ FLASH_READY: 1 }),
  otherwise: "the chip is still secured after the mass erase",
};

/** Opens a secured Kinetis K by erasing all of it; afterwards its flash reads FF but for FSEC, which is 0xFE. */
export const kinetisMassErase: Procedure = {
  name: "mass erase by the MDM-AP",
  what: "Holds the chip in reset and has its debug port erase the whole flash, which opens it.",
  loses: "Everything in program flash, the firmware and its data included; the one-time field stays.",
  steps: [
    { step: "pin", name: "hold the chip in reset", pin: "nreset", level: 0 },
    { step: "until", ...inReset, deadlineMs: 3_000 },
    { step: "expect", ...massEraseEnabled },
    { step: "write", ...CONTROL, name: "start the mass erase", value: MDM_CONTROL.of({ MASS_ERASE: 1 }) },
    { step: "until", ...acknowledged, deadlineMs: 1_000 },
    // The data sheet's longest erase of all blocks is 7.4 s (unsure); OpenOCD waits 16 s.
    { step: "until", ...ended, deadlineMs: 16_000 },
    { step: "write", ...CONTROL, name: "clear the MDM-AP's control register", value: 0 },
    { step: "pin", name: "let the chip out of reset", pin: "nreset", level: 1 },
    // A blank chip locks up and resets over and over, so its status flickers until a look falls between two resets.
    { step: "until", ...open, deadlineMs: 1_000 },
  ],
  cleanup: [
    { step: "write", ...CONTROL, name: "clear the MDM-AP's control register", value: 0 },
    { step: "pin", name: "let the chip out of reset", pin: "nreset", level: 1 },
  ],
  source: "NXP AN4835, production flash programming of Kinetis; OpenOCD kinetis.c, mdm mass_erase",
};

const word = (address: number) => ({ in: "memory", address, width: 32 }) as const;

/** PTA2 becomes TRACE_SWO, with the core clock behind it; both are so after a reset, until firmware changes them. */
export const connectSwo: Procedure = {
  name: "SWO pin",
  what: "Connects the trace port to PTA2, with the core clock as its clock.",
  steps: [
    { step: "update", name: "SIM_SCGC5.PORTA", at: word(0x40048038), mask: 0x200, value: 0x200 },
    { step: "update", name: "PORTA_PCR2.MUX", at: word(0x40049008), mask: 0x700, value: 0x700 },
    { step: "update", name: "SIM_SOPT2.TRACECLKSEL", at: word(0x40048004), mask: 0x1000, value: 0x1000 },
  ],
  cleanup: [],
  source: "K24P144M120SF5RM, 10.3.1 signal multiplexing, 12.2.3 SIM_SOPT2 (unsure of the sections)",
};
