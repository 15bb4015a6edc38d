import { NRF52_GUARDS } from "../../families/nrf52/guards.ts";
import { connectSwo, TRACE_HZ } from "../../families/nrf52/procedures.ts";
import { nrf52Protection } from "../../families/nrf52/protection.ts";
import type { Chip, ChipMemory } from "../chip.ts";
import { CORTEX_M4_DEBUG } from "../cortex-m.ts";
import { nrf52Banks } from "./nrf52-banks.ts";

/** What tells one nRF52 from another. */
interface Nrf52 {
  readonly name: string;
  readonly variants: readonly string[];
  /** FICR INFO.PART. */
  readonly part: number;
  readonly flash: number;
  readonly ram: number;
  /** Builds with hardened access port protection, in words. */
  readonly hardened: string;
  readonly times: { readonly pageMs: number; readonly writeUs: number };
  readonly uf2Families: readonly number[];
}

const memoriesOf = (ram: number): readonly ChipMemory[] => [
  { name: "CODE_RAM", kind: "ram", start: 0x00800000, length: ram, alias: "RAM" },
  { name: "FICR", kind: "rom", start: 0x10000000, length: 0x1000 },
  { name: "RAM", kind: "ram", start: 0x20000000, length: ram },
  { name: "PERIPHERALS", kind: "peripheral", start: 0x40000000, length: 0x100000 },
  { name: "GPIO", kind: "peripheral", start: 0x50000000, length: 0x1000 },
  { name: "PPB", kind: "peripheral", start: 0xe0000000, length: 0x100000 },
];

const nrf52 = ({ name, variants, part, flash, ram, hardened, times, uf2Families }: Nrf52): Chip => ({
  ...{ name, variants },
  vendor: "Nordic Semiconductor",
  family: "nRF52",
  familyName: "nrf52",
  origin: "own",
  cores: [{ name: "core0", type: "M4", ap: { v: 1, index: 0 } }],
  memories: memoriesOf(ram),
  banks: nrf52Banks(flash, times),
  detection: {
    reads: [{ address: 0x10000100, mask: 0xffffffff, value: part, why: `FICR INFO.PART: ${name.slice(0, 8)}` }],
  },
  debug: {
    dpidr: 0x2ba01477,
    aps: [
      { index: 0, idr: 0x24770011 },
      { index: 1, idr: 0x02880000 },
    ],
  },
  uniqueId: { start: 0x10000060, length: 8 },
  protection: nrf52Protection(hardened),
  procedures: { trace: connectSwo },
  traceHz: TRACE_HZ,
  guarded: [...NRF52_GUARDS, ...CORTEX_M4_DEBUG],
  uf2Families,
  workRam: [{ start: 0x20000000, length: ram }],
  sources: [
    {
      fact: "memory map, FICR and UICR, NVMC, CTRL-AP",
      from: "Nordic MDK, nrf52*.h and nrf52*_bitfields.h",
      sure: true,
    },
    { fact: "page of 4 KB, word writes", from: "Nordic MDK; OpenOCD nrf5.c", sure: true },
    { fact: "flash times", from: "recalled from the product specifications", sure: false },
    { fact: "DPIDR, AP IDs", from: "OpenOCD nrf52.cfg; pyOCD target_nRF52.py", sure: true },
    { fact: "access port protection, and from which build on it is hardened", from: "OpenOCD, pyOCD, MDK", sure: true },
    {
      fact: "a soft reset and the CTRL-AP's reset do not look at UICR.APPROTECT again",
      from: "OpenOCD nrf52_recover, which goes on after one",
      sure: false,
    },
    { fact: "order codes, UF2 family", from: "recalled; Microsoft uf2families.json", sure: false },
  ],
});

/** Nordic nRF52840: Cortex-M4F, 1 MB of flash, 256 KB of RAM. */
export const nRF52840 = nrf52({
  name: "nRF52840_xxAA",
  variants: ["nRF52840", "nRF52840-QIAA", "nRF52840-QFAA", "nRF52840-CKAA"],
  ...{ part: 0x52840, flash: 0x100000, ram: 0x40000, hardened: "builds F0 and later" },
  times: { pageMs: 85, writeUs: 41 },
  uf2Families: [0xada52840],
});

/** Nordic nRF52833: Cortex-M4F, 512 KB of flash, 128 KB of RAM. */
export const nRF52833 = nrf52({
  name: "nRF52833_xxAA",
  variants: ["nRF52833", "nRF52833-QIAA", "nRF52833-QDAA", "nRF52833-CJAA"],
  ...{ part: 0x52833, flash: 0x80000, ram: 0x20000, hardened: "builds B0 and later" },
  times: { pageMs: 87.5, writeUs: 42.5 },
  uf2Families: [0x621e937a],
});

/** Nordic nRF52832: Cortex-M4F, 512 KB of flash, 64 KB of RAM. */
export const nRF52832 = nrf52({
  name: "nRF52832_xxAA",
  variants: ["nRF52832", "nRF52832-QFAA", "nRF52832-CIAA"],
  ...{ part: 0x52832, flash: 0x80000, ram: 0x10000, hardened: "builds G0 and later" },
  times: { pageMs: 89.7, writeUs: 338 },
  uf2Families: [0x72721d4e],
});
