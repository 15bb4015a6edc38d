import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type Word, Words, words } from "../words.ts";

/** CHIP_ID: revision 2 (B2), part 0x0002, manufacturer 0x927 (data sheet 2.20.1). */
const CHIP_ID = 0x20002927;

/** PSM's bits that concern the cores (data sheet 2.13.5). */
export const PSM_PROC0 = 0x8000;
/** The bit of core 1. */
export const PSM_PROC1 = 0x10000;
const PSM_ALL = 0x1ffff;

/** CHIP_RESET (data sheet 2.12.8). */
export const CHIP_RESET = {
  HAD_POR: 0x100,
  HAD_RUN: 0x10000,
  HAD_PSM_RESTART: 0x100000,
  RESTART_FLAG: 0x1000000,
} as const;

/** PSM: what the power-on state machine starts; bits of FRCE_OFF hold parts in reset. */
export const createPsm = (forceOff: (bits: number) => void): Words => {
  const psm: Words = new Words("PSM", [
    { name: "FRCE_ON", offset: 0x0, writable: PSM_ALL },
    { name: "FRCE_OFF", offset: 0x4, writable: PSM_ALL, wrote: (_, kept) => forceOff(kept) },
    { name: "WDSEL", offset: 0x8, writable: PSM_ALL },
    { name: "DONE", offset: 0xc, writable: 0, read: () => PSM_ALL & ~psm.get("FRCE_OFF") },
  ]);
  return psm;
};

/** VREG_AND_CHIP_RESET: the regulator, and why the chip was reset last; the flag of a restart is cleared by a 1. */
export const createVreg = (): Words => {
  const vreg: Words = new Words("VREG_AND_CHIP_RESET", [
    { name: "VREG", offset: 0x0, reset: 0xb1, read: (kept) => kept | 0x1000 },
    { name: "BOD", offset: 0x4, reset: 0x91 },
    {
      name: "CHIP_RESET",
      offset: 0x8,
      writable: 0,
      wrote: (bits) => vreg.set("CHIP_RESET", vreg.get("CHIP_RESET") & ~(bits & CHIP_RESET.RESTART_FLAG)),
    },
  ]);
  return vreg;
};

/** XIP_CTRL: the cache is always coherent here, so a flush ends at once. */
const XIP_CTRL: readonly Word[] = [
  { name: "CTRL", offset: 0x00, reset: 3 },
  { name: "FLUSH", offset: 0x04, writable: 0 },
  { name: "STAT", offset: 0x08, writable: 0, reset: 3 },
  ...words(2, 0x0c, 4, (n) => ({ name: `COUNTER${n}` })),
  ...words(2, 0x14, 4, (n) => ({ name: `STREAM${n}` })),
  { name: "STREAM_FIFO", offset: 0x1c, writable: 0 },
];

/** Registers that keep what is written and do nothing. */
export const createPlain = (): readonly Peripheral[] => [
  new Words("XIP_CTRL", XIP_CTRL),
  new Words("SYSINFO", [
    { name: "CHIP_ID", offset: 0x00, writable: 0, reset: CHIP_ID },
    { name: "PLATFORM", offset: 0x04, writable: 0, reset: 2 },
    { name: "GITREF", offset: 0x40, writable: 0 },
  ]),
  new Words(
    "SYSCFG",
    words(7, 0x0, 4, (n) => ({ name: `SYSCFG${n}` })),
  ),
  new Words(
    "BUSCTRL",
    words(10, 0x0, 4, (n) => ({ name: `BUSCTRL${n}` })),
  ),
  new Words("TBMAN", [{ name: "PLATFORM", offset: 0x0, writable: 0, reset: 1 }]),
];
