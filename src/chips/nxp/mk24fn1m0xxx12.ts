import type { Chip } from "../chip.ts";
import { ftfeGuards } from "../../families/kinetis-ftfe/guards.ts";
import { connectSwo } from "../../families/kinetis-ftfe/procedures.ts";
import { ftfeProtection } from "../../families/kinetis-ftfe/protection.ts";
import { CORTEX_M4_DEBUG } from "../cortex-m.ts";

/** NXP Kinetis K24: Cortex-M4F, 1 MB of program flash in two blocks, 256 KB of RAM, no FlexNVM. */
export const MK24FN1M0xxx12: Chip = {
  name: "MK24FN1M0xxx12",
  variants: ["MK24FN1M0VLL12", "MK24FN1M0VDC12", "MK24FN1M0VLQ12"],
  vendor: "NXP",
  family: "Kinetis K24",
  familyName: "kinetis-ftfe",
  origin: "own",
  cores: [{ name: "core0", type: "M4", ap: { v: 1, index: 0 } }],
  memories: [
    { name: "PROG_ACC_RAM", kind: "ram", start: 0x14000000, length: 0x1000 },
    { name: "SRAM_L", kind: "ram", start: 0x1fff0000, length: 0x10000 },
    { name: "SRAM_U", kind: "ram", start: 0x20000000, length: 0x30000 },
    { name: "PERIPHERALS", kind: "peripheral", start: 0x40000000, length: 0x100000 },
    { name: "PPB", kind: "peripheral", start: 0xe0000000, length: 0x100000 },
  ],
  banks: [
    {
      id: "main",
      name: "program flash",
      kind: "main",
      start: 0x00000000,
      length: 0x100000,
      sectors: [{ size: 0x1000, count: 0x100 }],
      erased: 0xff,
      write: { unit: 8, once: true, burst: { size: 0x400, unit: 16 } },
      readErased: "value",
      eraseNeeded: true,
      controller: {
        family: "kinetis-ftfe",
        registers: 0x40020000,
        buffer: { start: 0x14000000, length: 0x400 },
      },
      times: { eraseSectorMs: [14], eraseBankMs: 870, programUnitUs: 90, burstUnitUs: 78.125 },
    },
  ],
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
      { index: 0, idr: 0x24770011 },
      { index: 1, idr: 0x001c0000 },
    ],
  },
  uniqueId: { start: 0x40048054, length: 16 },
  protection: ftfeProtection(0x400, { start: 0x00000000, length: 0x100000 }),
  procedures: { trace: connectSwo },
  guarded: [...ftfeGuards(0x400), ...CORTEX_M4_DEBUG],
  workRam: [{ start: 0x20000000, length: 0x30000 }],
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
