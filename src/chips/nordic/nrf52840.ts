import { NRF52_GUARDS } from "../../families/nrf52/guards.ts";
import { nrf52Protection } from "../../families/nrf52/protection.ts";
import type { Chip } from "../chip.ts";
import { CORTEX_M4_DEBUG } from "../cortex-m.ts";
import { codeFlash, uicrBank } from "./nrf52-banks.ts";

/** Nordic nRF52840: Cortex-M4F, 1 MB of flash, 256 KB of RAM. */
export const nRF52840: Chip = {
  name: "nRF52840_xxAA",
  variants: ["nRF52840", "nRF52840-QIAA", "nRF52840-QFAA", "nRF52840-CKAA"],
  vendor: "Nordic Semiconductor",
  family: "nRF52",
  familyName: "nrf52",
  origin: "own",
  cores: [{ name: "core0", type: "M4", ap: { v: 1, index: 0 } }],
  memories: [
    { name: "CODE_RAM", kind: "ram", start: 0x00800000, length: 0x40000, alias: "RAM" },
    { name: "FICR", kind: "rom", start: 0x10000000, length: 0x1000 },
    { name: "RAM", kind: "ram", start: 0x20000000, length: 0x40000 },
    { name: "PERIPHERALS", kind: "peripheral", start: 0x40000000, length: 0x100000 },
    { name: "GPIO", kind: "peripheral", start: 0x50000000, length: 0x1000 },
    { name: "PPB", kind: "peripheral", start: 0xe0000000, length: 0x100000 },
  ],
  banks: [codeFlash(0x100000), uicrBank],
  detection: {
    reads: [{ address: 0x10000100, mask: 0xffffffff, value: 0x00052840, why: "FICR INFO.PART: nRF52840" }],
  },
  debug: {
    dpidr: 0x2ba01477,
    aps: [
      { index: 0, idr: 0x24770011 },
      { index: 1, idr: 0x02880000 },
    ],
  },
  protection: nrf52Protection("builds F0 and later"),
  guarded: [...NRF52_GUARDS, ...CORTEX_M4_DEBUG],
  uf2Families: [0xada52840],
  workRam: [{ start: 0x20000000, length: 0x40000 }],
  sources: [
    {
      fact: "memory map, FICR and UICR, NVMC, CTRL-AP",
      from: "Nordic MDK nrf52840.h and nrf52840_bitfields.h",
      sure: true,
    },
    { fact: "page of 4 KB, word writes", from: "Nordic MDK; OpenOCD nrf5.c", sure: true },
    { fact: "flash times", from: "recalled from the nRF52840 product specification", sure: false },
    { fact: "DPIDR, AP IDs", from: "OpenOCD nrf52.cfg; pyOCD target_nRF52.py", sure: true },
    {
      fact: "access port protection of builds before F0 and from F0 on",
      from: "OpenOCD, pyOCD and MDK sources",
      sure: true,
    },
    {
      fact: "a soft reset and the CTRL-AP's reset do not look at UICR.APPROTECT again",
      from: "OpenOCD nrf52_recover, which goes on after one",
      sure: false,
    },
    { fact: "UF2 family", from: "Microsoft uf2families.json (recalled)", sure: false },
  ],
};
