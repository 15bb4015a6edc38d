import type { AccessSize } from "../../cpu/seam.ts";
import type { ComponentPage, CpuProfile } from "../../cpu/profiles/profile.ts";
import type { BusRegion } from "../bus.ts";
import type { u32 } from "../../../base/u32.ts";

const DEVTYPE = 0xfcc;
const PIDR4 = 0xfd0;
const PIDR0 = 0xfe0;
const CIDR0 = 0xff0;
/** PIDR4: one 4 KB block, JEP106 continuation 4 (Arm). */
const ARM_PIDR4 = 0x04;
/** An entry that is present, in 32-bit format (IHI 0031, D3.2). */
const PRESENT = 3;
/** The ROM table's MEMTYPE: system memory is on this bus too. */
const SYSMEM = 1;

/** The ROM table of a core: its own components, then the chip's, then the end. */
export function romTableOf({ components, romTable }: CpuProfile, more: readonly ComponentPage[]): ComponentPage {
  const bases = [...components, ...more].map(({ base }) => base);
  const entries = bases.map((base) => (((base - romTable.base) & 0xfffff000) | PRESENT) >>> 0);
  const words = Object.fromEntries(entries.map((entry, n) => [4 * n, entry]));
  return { name: "ROM table", ...romTable, words: { ...words, [DEVTYPE]: SYSMEM } };
}

const byte = (value: u32, index: number): number => (value >>> (8 * index)) & 0xff;

function word(page: ComponentPage, offset: number): u32 {
  if (offset >= CIDR0) return byte(page.cid, (offset - CIDR0) >> 2);
  if (offset >= PIDR0) return byte(page.pid, (offset - PIDR0) >> 2);
  if (offset === PIDR4) return page.pidr4 ?? ARM_PIDR4;
  return page.words[offset] ?? 0;
}

/**
 * What a component's page reads at an aligned offset. Reserved words read as 0 and writes are ignored, as CoreSight
 * demands; nothing is traced here.
 */
export function readComponent(page: ComponentPage, offset: number, size: AccessSize): number {
  const value = word(page, offset & ~3) >>> (8 * (offset & 3));
  return size === 4 ? value >>> 0 : value & ((1 << (8 * size)) - 1);
}

/** The bus region of a component's page: read-only, and nothing on it can be switched off. */
export function componentRegion(page: ComponentPage): BusRegion {
  const peripheral = {
    name: page.name,
    read: (offset: number, size: AccessSize) => readComponent(page, offset, size),
    write: () => 0,
    reset: () => {},
    save: () => ({}),
    restore: () => {},
  };
  return { base: page.base, length: 0x1000, of: "peripheral", peripheral };
}
