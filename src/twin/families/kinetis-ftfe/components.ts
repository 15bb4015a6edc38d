import { romTableOf } from "../../chip/debug/rom-table.ts";
import type { ComponentPage } from "../../cpu/profiles/profile.ts";
import { MK24_CORE } from "./mk24-core.ts";

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
