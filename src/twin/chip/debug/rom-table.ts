import type { AccessSize } from "../../cpu/seam.ts";
import type { ComponentPage, CpuProfile } from "../../cpu/profiles/profile.ts";
import type { u32 } from "../../../base/u32.ts";
import { MK24_CORE } from "../mk24-core.ts";

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

/** The trace components that aren't the core's own: CID and PID from J-Link's walk of a K24 (seed log). */
const MK24_TRACE: readonly ComponentPage[] = [
  {
    name: "TPIU",
    base: 0xe0040000,
    cid: 0xb105900d,
    pid: 0x000bb9a1,
    // FFSR: formatter stopped, non-stop; FFCR: its reset value; DEVID, DEVTYPE from pyOCD's M4 test data.
    words: { 0x300: 0x8, 0x304: 0x102, 0xfc8: 0xca1, 0xfcc: 0x11 },
  },
  { name: "ETM", base: 0xe0041000, cid: 0xb105900d, pid: 0x000bb925, words: { 0xfcc: 0x13 } },
  { name: "ETB", base: 0xe0042000, cid: 0xb105900d, pid: 0x003bb907, words: { 0xfcc: 0x21 } },
  { name: "CSTF", base: 0xe0043000, cid: 0xb105900d, pid: 0x001bb908, words: { 0xfcc: 0x12 } },
];

/** The K24's pages outside the core: trace components (K24 reference 4.2) and the ROM table. */
export const COMPONENTS: readonly ComponentPage[] = [...MK24_TRACE, romTableOf(MK24_CORE, MK24_TRACE)];

const byte = (value: u32, index: number): number => (value >>> (8 * index)) & 0xff;

function word(page: ComponentPage, offset: number): u32 {
  if (offset >= CIDR0) return byte(page.cid, (offset - CIDR0) >> 2);
  if (offset >= PIDR0) return byte(page.pid, (offset - PIDR0) >> 2);
  if (offset === PIDR4) return ARM_PIDR4;
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
