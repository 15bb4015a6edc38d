import type { Procedure, ProcedureStep, RegisterTest } from "../../chips/procedure.ts";
import { CTRL_AP, CTRL_ERASEALL, CTRL_ERASEALLSTATUS, CTRL_RESET } from "./registers-ctrl-ap.ts";
import { NVMC_CONFIG, NVMC_READY, UICR } from "./registers-nvmc.ts";

const CTRL = { v: 1, index: CTRL_AP.index } as const;
const AHB = { v: 1, index: 0 } as const;
const ctrl = (register: number) => ({ in: "ap", ap: CTRL, register }) as const;
const ahb = (register: number) => ({ in: "ap", ap: AHB, register }) as const;

/** Registers of a MEM-AP (ADIv5.2, C2.6). */
const MEM_AP = { CSW: 0x00, TAR: 0x04, DRW: 0x0c } as const;
/** Words, no increment; HPROT and MasterType as on a Cortex-M (ADIv5.2, C2.6.4). */
const CSW_WORDS = 0x23000002;
/** DHCSR: DBGKEY, C_HALT, C_DEBUGEN. */
const DHCSR = 0xe000edf0;
const HALT = 0xa05f0003;
/** UICR.APPROTECT of a chip that stays open, whatever its build (MDK, HwDisabled). */
export const APPROTECT_OPEN = 0x5a;

const write = (name: string, address: number, value: number): readonly ProcedureStep[] => [
  { step: "write", name: `${name}: address`, at: ahb(MEM_AP.TAR), value: address },
  { step: "write", name, at: ahb(MEM_AP.DRW), value },
];

const erased: RegisterTest = {
  name: "flash, UICR and RAM erased",
  at: ctrl(CTRL_ERASEALLSTATUS),
  mask: 1,
  value: 0,
  otherwise: "the erase did not end: keep the power stable and try again",
};

const ready: RegisterTest = {
  name: "NVMC ready",
  at: ahb(MEM_AP.DRW),
  mask: NVMC_READY.mask("READY"),
  value: NVMC_READY.mask("READY"),
  otherwise: "the flash controller did not end the write to UICR",
};

const open: RegisterTest = {
  name: "UICR.APPROTECT is 0x5A",
  at: ahb(MEM_AP.DRW),
  mask: 0xff,
  value: APPROTECT_OPEN,
  otherwise: "UICR.APPROTECT could not be written: a hardened chip is closed again after its next power-up",
};

/**
 * Opens a protected nRF52. A blank UICR closes hardened builds again, so 0x5A goes to UICR.APPROTECT before any reset that
 * looks at it; earlier builds take it for open, too. Memory is reached through the AHB-AP, which is open after the erase.
 */
export const nrf52EraseAll: Procedure = {
  name: "erase all by the CTRL-AP",
  what: "Has the control access port erase flash, UICR and RAM, which opens the chip, and writes 0x5A to UICR.APPROTECT, so that it stays open.",
  loses: "Everything in flash and UICR, the firmware and its data included.",
  steps: [
    { step: "write", name: "clear the erase register", at: ctrl(CTRL_ERASEALL), value: 0 },
    { step: "write", name: "start the erase", at: ctrl(CTRL_ERASEALL), value: 1 },
    { step: "until", ...erased, deadlineMs: 15_000 },
    { step: "write", name: "hold the chip in reset", at: ctrl(CTRL_RESET), value: 1 },
    { step: "write", name: "let the chip out of reset", at: ctrl(CTRL_RESET), value: 0 },
    { step: "write", name: "clear the erase register", at: ctrl(CTRL_ERASEALL), value: 0 },
    { step: "delay", name: "the chip starts", ms: 5 },
    { step: "write", name: "word accesses", at: ahb(MEM_AP.CSW), value: CSW_WORDS },
    // Erratum 184: the NVMC takes nothing from the debugger while the core runs.
    ...write("halt the core", DHCSR, HALT),
    ...write("NVMC.CONFIG: write", NVMC_CONFIG.address, NVMC_CONFIG.of({ WEN: 1 })),
    ...write("UICR.APPROTECT: 0x5A", UICR.APPROTECT, (0xffffff00 | APPROTECT_OPEN) >>> 0),
    { step: "write", name: "look at NVMC.READY", at: ahb(MEM_AP.TAR), value: NVMC_READY.address },
    { step: "until", ...ready, deadlineMs: 1_000 },
    ...write("NVMC.CONFIG: read only", NVMC_CONFIG.address, 0),
    { step: "write", name: "look at UICR.APPROTECT", at: ahb(MEM_AP.TAR), value: UICR.APPROTECT },
    { step: "expect", ...open },
  ],
  cleanup: [
    { step: "write", name: "clear the erase register", at: ctrl(CTRL_ERASEALL), value: 0 },
    { step: "write", name: "let the chip out of reset", at: ctrl(CTRL_RESET), value: 0 },
  ],
  source: "OpenOCD nrf5, nrf52_recover; pyOCD target_nRF52.py; Nordic IN-141 (unsure)",
};

/** The SWO pin, P0.18 or P1.00, with 32 MHz as the trace port's clock. */
export const connectSwo: Procedure = {
  name: "SWO pin",
  what: "Connects the trace port to its pin (P0.18, on an nRF52840 P1.00), at 32 MHz.",
  steps: [
    {
      step: "update",
      name: "TRACECONFIG",
      at: { in: "memory", address: 0x4000055c, width: 32 },
      mask: 0x00030003,
      value: 0x00010000,
    },
  ],
  cleanup: [],
  source: "Nordic MDK, CLOCK_TRACECONFIG; the pins are recalled (unsure)",
};

/** The trace port's clock behind `connectSwo`, in hertz. */
export const TRACE_HZ = 32_000_000;
