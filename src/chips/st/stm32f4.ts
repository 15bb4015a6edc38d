import { stm32f4Guards } from "../../families/stm32f4/guards.ts";
import { connectSwo, freezeWatchdogs } from "../../families/stm32f4/procedures.ts";
import { stm32f4Protection } from "../../families/stm32f4/protection.ts";
import { DBGMCU_IDCODE } from "../../families/stm32f4/registers-system.ts";
import type { Chip, ChipMemory, Source } from "../chip.ts";
import { CORTEX_M4_DEBUG } from "../cortex-m.ts";
import type { FlashBank, SectorRun } from "../flash-bank.ts";

/** What tells one STM32F4 from another. */
export interface Stm32F4Data {
  readonly name: string;
  readonly variants: readonly string[];
  readonly family: string;
  /** DEV_ID, and what it stands for. */
  readonly device: { readonly id: number; readonly why: string };
  readonly sectors: readonly SectorRun[];
  readonly banks: 1 | 2;
  /** Bytes of SRAM from 0x20000000 on. */
  readonly sram: number;
  /** Whether 64 KB of core-coupled memory are at 0x10000000. */
  readonly ccm: boolean;
  readonly sources: readonly Source[];
}

const KB = 0x400;

/** Sectors of 16, 64 and 128 KB: 1 MB. */
export const SECTORS_1MB: readonly SectorRun[] = [
  { size: 16 * KB, count: 4 },
  { size: 64 * KB, count: 1 },
  { size: 128 * KB, count: 7 },
];

/** The same of 512 KB. */
export const SECTORS_512KB: readonly SectorRun[] = [
  { size: 16 * KB, count: 4 },
  { size: 64 * KB, count: 1 },
  { size: 128 * KB, count: 3 },
];

const CONTROLLER = { family: "stm32f4", registers: 0x40023c00 } as const;

/** What the family has in common. */
export function stm32f4Chip(data: Stm32F4Data): Chip {
  const size = data.sectors.reduce((sum, run) => sum + run.size * run.count, 0);
  const banks = Array.from({ length: data.banks }, (_, i) => mainBank(data, i as 0 | 1, size));
  const [first, second] = banks;
  return {
    name: data.name,
    variants: data.variants,
    vendor: "STMicroelectronics",
    family: data.family,
    familyName: "stm32f4",
    origin: "own",
    cores: [{ name: "core0", type: "M4", ap: { v: 1, index: 0 } }],
    memories: memoriesOf(data),
    banks: [...banks, optionBank(0), ...(second ? [optionBank(1)] : [])],
    detection: {
      romTable: { designer: 0x20, part: data.device.id },
      reads: [
        {
          address: DBGMCU_IDCODE.address,
          mask: DBGMCU_IDCODE.mask("DEV_ID"),
          value: data.device.id,
          why: `DBGMCU_IDCODE: ${data.device.why}`,
          always: true,
        },
        {
          address: 0x1fff7a20,
          mask: 0xffff0000,
          value: ((size * data.banks) / KB) * 0x10000,
          why: `flash size register: ${(size * data.banks) / KB} KB`,
        },
      ],
    },
    debug: { dpidr: 0x2ba01477, aps: [{ index: 0, idr: 0x24770011 }] },
    uniqueId: { start: 0x1fff7a10, length: 12 },
    protection: stm32f4Protection(first, second),
    procedures: { "after-halt": freezeWatchdogs, trace: connectSwo },
    guarded: [...stm32f4Guards(), ...CORTEX_M4_DEBUG],
    workRam: [{ start: 0x20000000, length: 0x10000 }],
    sources: [...SOURCES, ...data.sources],
  };
}

function memoriesOf({ ccm, sram }: Stm32F4Data): readonly ChipMemory[] {
  const core: ChipMemory = { name: "CCM", kind: "ram", start: 0x10000000, length: 64 * KB };
  return [
    ...(ccm ? [core] : []),
    { name: "SRAM", kind: "ram", start: 0x20000000, length: sram },
    { name: "SYSTEM", kind: "rom", start: 0x1fff0000, length: 0x8000 },
    { name: "PERIPHERALS", kind: "peripheral", start: 0x40000000, length: 0x80000 },
    { name: "AHB2", kind: "peripheral", start: 0x50000000, length: 0x61000 },
    { name: "PPB", kind: "peripheral", start: 0xe0000000, length: 0x100000 },
  ];
}

function mainBank({ sectors }: Stm32F4Data, bank: 0 | 1, length: number): FlashBank {
  const megabytes = length / (1024 * KB);
  return {
    id: bank === 0 ? "main" : "bank2",
    name: bank === 0 ? "main flash" : "main flash, bank 2",
    kind: "main",
    start: 0x08000000 + bank * length,
    length,
    ...(bank === 0 ? { aliases: [0x00000000] } : {}),
    sectors,
    erased: 0xff,
    write: { unit: 4, once: false, burst: { size: 0x400, unit: 4 } },
    readErased: "value",
    eraseNeeded: true,
    controller: { ...CONTROLLER, bank },
    times: {
      eraseSectorMs: [250, 550, 1000],
      eraseBankMs: 8_000 * megabytes,
      programUnitUs: 16,
      burstUnitUs: 16,
    },
  };
}

/** The option bytes, which the flash interface writes through its registers; it makes the complements itself. */
function optionBank(bank: 0 | 1): FlashBank {
  return {
    id: bank === 0 ? "options" : "options2",
    name: bank === 0 ? "option bytes" : "option bytes of bank 2",
    kind: "option",
    start: bank === 0 ? 0x1fffc000 : 0x1ffec000,
    length: 0x10,
    sectors: [],
    erased: 0xff,
    write: { unit: 4, once: false, burst: { size: 0x10, unit: 4 } },
    readErased: "value",
    eraseNeeded: false,
    complements: [
      { of: 0x0, at: 0x2, length: 2 },
      { of: 0x8, at: 0xa, length: 2 },
    ],
    controller: { ...CONTROLLER, bank },
    times: { eraseSectorMs: [], programUnitUs: 260_000, burstUnitUs: 65_000 },
  };
}

const SOURCES: readonly Source[] = [
  { fact: "memory map, sectors, flash interface registers", from: "ST RM0090; OpenOCD 0.12 stm32f2x.c", sure: true },
  { fact: "typical flash times", from: "recalled from the STM32F40x data sheet", sure: false },
  { fact: "DPIDR, AP IDs, DEV_ID", from: "OpenOCD 0.12 stm32f4x.cfg, stm32f2x.c", sure: true },
  { fact: "option bytes at 0x1FFFC000 beside their complements", from: "ST RM0090, table 8", sure: false },
];
