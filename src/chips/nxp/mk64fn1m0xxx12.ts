import type { Chip } from "../chip.ts";
import { ftfeGuards } from "../../families/kinetis-ftfe/guards.ts";
import { connectSwo } from "../../families/kinetis-ftfe/procedures.ts";
import { ftfeProtection } from "../../families/kinetis-ftfe/protection.ts";
import { CORTEX_M4_DEBUG } from "../cortex-m.ts";

/** NXP Kinetis K64: Cortex-M4F, 1 MB of program flash in two blocks, 256 KB of RAM, no FlexNVM; Ethernet. */
export const MK64FN1M0xxx12: Chip = {
  name: "MK64FN1M0xxx12",
  variants: ["MK64FN1M0VLL12", "MK64FN1M0VDC12", "MK64FN1M0VLQ12", "MK64FN1M0VMD12"],
  vendor: "NXP",
  family: "Kinetis K64",
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
        value: 0x60000300,
        why: "SIM_SDID: Kinetis K6x, die 0x06; sub-family 4, which mask set 1N83J reads as 2 (erratum e7534)",
      },
      {
        address: 0x40047000,
        mask: 0x0000f000,
        value: 0x0000b000,
        why: "SIM_SOPT1: 256 KB of RAM",
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
    { fact: "memory map, sector size", from: "pyOCD 0.46, target_MK64FN1M0xxx12.py", sure: true },
    {
      fact: "blocks, phrase, section buffer, FTFE at 0x40020000",
      from: "as on the K24, which has the same die",
      sure: false,
    },
    { fact: "typical flash times", from: "as on the K24, recalled from the 120 MHz data sheets", sure: false },
    { fact: "SIM_SDID 0x62001348", from: "logs of FRDM-K64F boards; OpenOCD kinetis.c", sure: true },
    { fact: "SIM_SOPT1 RAMSIZE 0xB", from: "OpenOCD kinetis.c", sure: true },
    { fact: "DPIDR, AP IDs", from: "pyOCD 0.46, target_kinetis.py; OpenOCD kx.cfg", sure: true },
    { fact: "order codes", from: "recalled from the K64 120 MHz data sheet", sure: false },
  ],
};
