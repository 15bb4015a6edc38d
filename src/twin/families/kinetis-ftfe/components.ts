import type { ComponentPage } from "../../chip/debug/rom-table.ts";

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
