import type { Chip } from "../chip.ts";
import { CORTEX_M4_DEBUG } from "../cortex-m.ts";

const FLASHES = "it can start flash commands, which erase the chip or lock it for ever";

/** NXP Kinetis K24: Cortex-M4F, 1 MB of program flash in two blocks, 256 KB of RAM, no FlexNVM. */
export const MK24FN1M0xxx12: Chip = {
  name: "MK24FN1M0xxx12",
  variants: ["MK24FN1M0VLL12", "MK24FN1M0VDC12", "MK24FN1M0VLQ12"],
  vendor: "NXP",
  family: "Kinetis K24",
  familyName: "kinetis-ftfe",
  core: "Cortex-M4",
  memory: [
    { name: "PFLASH", kind: "flash", start: 0x00000000, length: 0x100000 },
    { name: "PROG_ACC_RAM", kind: "ram", start: 0x14000000, length: 0x1000 },
    { name: "SRAM_L", kind: "ram", start: 0x1fff0000, length: 0x10000 },
    { name: "SRAM_U", kind: "ram", start: 0x20000000, length: 0x30000 },
    { name: "PERIPHERALS", kind: "peripheral", start: 0x40000000, length: 0x100000 },
    { name: "PPB", kind: "peripheral", start: 0xe0000000, length: 0x100000 },
  ],
  flash: {
    controller: "ftfe",
    registers: 0x40020000,
    start: 0x00000000,
    length: 0x100000,
    sectorSize: 0x1000,
    blockSize: 0x80000,
    phraseSize: 8,
    section: { size: 0x400, unit: 16, buffer: 0x14000000 },
    erasedByte: 0xff,
    times: { eraseSectorMs: 14, eraseAllMs: 870, programPhraseMs: 0.09, programUnitMs: 0.078125 },
  },
  detection: {
    reads: [
      {
        address: 0x40048024,
        mask: 0xf9f00f80,
        value: 0x20000300,
        why: "SIM_SDID: Kinetis K2x, die 0x06; sub-family 4, which mask set 1N83J reads as 2 (erratum e7534)",
      },
      {
        address: 0x40047000,
        mask: 0x0000f000,
        value: 0x0000b000,
        why: "SIM_SOPT1: 256 KB of RAM, where K22FN1M0 has 128",
      },
    ],
  },
  debug: {
    dpidr: 0x2ba01477,
    aps: [
      { index: 0, idr: 0x24770011, kind: "ahb-ap" },
      { index: 1, idr: 0x001c0000, kind: "mdm-ap" },
    ],
  },
  protection: { scheme: "kinetis-fcf", field: 0x400 },
  guarded: [
    { name: "the flash controller FTFE", kind: "flash-controller", start: 0x40020000, length: 0x1000, can: FLASHES },
    {
      name: "the bit-band alias of the flash controller FTFE",
      kind: "flash-controller",
      start: 0x42400000,
      length: 0x20000,
      can: FLASHES,
    },
    {
      name: "the flash configuration field",
      kind: "options",
      start: 0x400,
      length: 0x10,
      can: "it holds the security byte, which only flash and erase write as a plan says",
    },
    ...CORTEX_M4_DEBUG,
  ],
  workRam: { start: 0x20000000, length: 0x30000 },
  sources: [
    {
      fact: "memory map, flash blocks and sectors, phrase, double phrase",
      from: "NXP MK24F12.h and MK24F12_features.h",
      sure: true,
    },
    { fact: "typical flash times", from: "recalled from the K64 and K24 120 MHz data sheets", sure: false },
    { fact: "RAM split at 0x20000000", from: "NXP linker file for MK24FN1M0xxx12", sure: true },
    { fact: "section program buffer of 1 KB", from: "NXP fsl_ftfx_controller.c; OpenOCD kinetis.c", sure: true },
    { fact: "DPIDR, AP IDs", from: "J-Link log of a K24 (V7.86e, 2023); OpenOCD kx.cfg", sure: true },
    { fact: "flash configuration field at 0x400", from: "NXP MK24F12.h", sure: true },
    {
      fact: "SIM_SDID family and die fields",
      from: "OpenOCD kinetis.c; by analogy with an FRDM-K64F that reads 0x62001348",
      sure: false,
    },
    { fact: "SIM_SOPT1 RAMSIZE 0xB", from: "OpenOCD kinetis.c", sure: true },
    { fact: "FTFE's slot of 4 KB, and its bit-band alias", from: "NXP MK24F12.h; ARMv7-M ARM, B3.1", sure: false },
    { fact: "order codes", from: "NXP MK24F12.h (CPU_MK24FN1M0Vxx12)", sure: true },
  ],
};
