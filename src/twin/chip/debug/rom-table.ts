import type { AccessSize } from "../../cpu/seam.ts";
import type { u32 } from "../../../base/u32.ts";

/** A CoreSight component outside the core: what its page at `base` says about itself. */
export interface ComponentPage {
  readonly name: string;
  readonly base: u32;
  /** CIDR3..0 as one word. */
  readonly cid: u32;
  /** PIDR3..0 as one word. */
  readonly pid: u32;
  /** Words by offset that read as other than 0. */
  readonly words: { readonly [offset: number]: u32 };
}

const PIDR4 = 0xfd0;
const PIDR0 = 0xfe0;
const CIDR0 = 0xff0;
/** PIDR4: one 4 KB block, JEP106 continuation 4 (Arm). */
const ARM_PIDR4 = 0x04;

/** Entries of the ROM table: SCS, DWT, FPB, ITM, TPIU, ETM, ETB, CSTF (K24 reference 4.2), then the end. */
const ROM_ENTRIES = [0xfff0f003, 0xfff02003, 0xfff03003, 0xfff01003, 0xfff41003, 0xfff42003, 0xfff43003, 0xfff44003, 0];
const ROM_TABLE: ComponentPage = {
  name: "ROM table",
  base: 0xe00ff000,
  cid: 0xb105100d,
  pid: 0x000bb4c4,
  words: { ...Object.fromEntries(ROM_ENTRIES.map((entry, i) => [i * 4, entry])), 0xfcc: 1 },
};

/** The ROM table and the trace components that aren't the core's own: CID and PID from J-Link's walk of a K24 (seed log). */
export const COMPONENTS: readonly ComponentPage[] = [
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
  ROM_TABLE,
];

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
