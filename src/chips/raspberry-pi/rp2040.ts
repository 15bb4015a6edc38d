import type { Chip } from "../chip.ts";
import { rp2040Guards } from "../../families/rp2040/guards.ts";
import { FLASH_SHOWN, rp2040Procedures } from "../../families/rp2040/procedures.ts";
import { rp2040Protection } from "../../families/rp2040/protection.ts";

/** Raspberry Pi RP2040 with a W25Q16 as on a Pico: two Cortex-M0+, 264 KB of RAM, 2 MB of external flash. */
export const RP2040: Chip = {
  name: "RP2040",
  variants: ["RP2040_M0_0", "Pico"],
  vendor: "Raspberry Pi",
  family: "RP2040",
  familyName: "rp2040",
  origin: "own",
  cores: [
    { name: "core0", type: "M0+", ap: { v: 1, index: 0 }, targetsel: 0x01002927 },
    { name: "core1", type: "M0+", ap: { v: 1, index: 0 }, targetsel: 0x11002927 },
  ],
  memories: [
    { name: "ROM", kind: "rom", start: 0x00000000, length: 0x4000 },
    { name: "SRAM", kind: "ram", start: 0x20000000, length: 0x42000 },
    { name: "XIP_SSI", kind: "peripheral", start: 0x18000000, length: 0x1000 },
    { name: "APB", kind: "peripheral", start: 0x40000000, length: 0x70000 },
    { name: "AHB_LITE", kind: "peripheral", start: 0x50000000, length: 0x500000 },
    { name: "SIO", kind: "peripheral", start: 0xd0000000, length: 0x1000 },
    { name: "PPB", kind: "peripheral", start: 0xe0000000, length: 0x100000 },
  ],
  banks: [
    {
      id: "main",
      name: "external flash",
      kind: "external",
      start: 0x10000000,
      length: 0x200000,
      aliases: [0x11000000, 0x12000000, 0x13000000],
      sectors: [{ size: 0x1000, count: 0x200 }],
      erased: 0xff,
      write: { unit: 0x100, once: false, burst: { size: 0x1000, unit: 0x100 } },
      readErased: "value",
      eraseNeeded: true,
      shown: FLASH_SHOWN,
      block: { size: 0x10000, eraseMs: 150 },
      controller: { family: "rp2040", registers: 0x18000000 },
      times: { eraseSectorMs: [45], eraseBankMs: 4_800, programUnitUs: 400, burstUnitUs: 400 },
    },
  ],
  vectors: 0x10000100,
  bootSum: { start: 0x10000000, length: 252 },
  detection: {
    reads: [
      {
        address: 0x40000000,
        mask: 0x0fffffff,
        value: 0x00002927,
        why: "SYSINFO_CHIP_ID: part 0x0002 of Raspberry Pi",
      },
    ],
  },
  debug: { dpidr: 0x0bc12477, aps: [{ index: 0, idr: 0x04770031 }] },
  protection: rp2040Protection,
  procedures: rp2040Procedures,
  guarded: [
    ...rp2040Guards,
    {
      name: "the system control and debug registers",
      kind: "debug",
      start: 0xe000ed00,
      length: 0x100,
      can: "it stops, resets or redirects the core",
    },
  ],
  uf2Families: [0xe48bff56],
  workRam: [{ start: 0x20000000, length: 0x40000 }],
  sources: [
    {
      fact: "memory map, debug ports, CHIP_ID, boot ROM's table",
      from: "RP2040 data sheet; OpenOCD; pyOCD",
      sure: true,
    },
    {
      fact: "2 MB of flash behind it: a W25Q16JV, as on a Pico",
      from: "other boards have other flash chips",
      sure: false,
    },
    { fact: "typical flash times", from: "recalled from the W25Q16JV data sheet", sure: false },
    { fact: "no lock of the debug ports", from: "RP2040 data sheet, 2.3.4, as recalled", sure: false },
    {
      fact: "names RP2040_M0_0 and RP2040_M0_1 of the two cores",
      from: "J-Link's list of devices, as recalled",
      sure: false,
    },
  ],
};
