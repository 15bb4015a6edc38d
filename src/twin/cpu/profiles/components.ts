import type { u32 } from "../../../base/u32.ts";
import type { ComponentPage } from "./profile.ts";

/** Where every Cortex-M has its debug components (ARMv7-M ARM table B3-1, C1.1). */
export const PAGES = { itm: 0xe0000000, dwt: 0xe0001000, fpb: 0xe0002000, scs: 0xe000e000 } as const;

/** CIDR of a "generic IP" component, class 0xE: all of ARMv6-M's and ARMv7-M's. */
const GENERIC_IP = 0xb105e00d;
/** CIDR of a CoreSight component, class 9: ARMv8-M's, told apart by DEVARCH. */
const CORESIGHT = 0xb105900d;
/** CIDR of a ROM table, class 1. */
const ROM_TABLE = 0xb105100d;

const DEVARCH = 0xfbc;
const DEVTYPE = 0xfcc;

const NAMES = { scs: "SCS", dwt: "DWT", fpb: "FPB", itm: "ITM" } as const;
type Unit = keyof typeof NAMES;

/** The core's components by PIDR3..0, in the order of the ROM table. */
export const genericComponents = (pids: { readonly [unit in Unit]?: u32 }): readonly ComponentPage[] =>
  (Object.keys(NAMES) as Unit[]).flatMap((unit) => {
    const pid = pids[unit];
    return pid === undefined ? [] : [{ name: NAMES[unit], base: PAGES[unit], cid: GENERIC_IP, pid, words: {} }];
  });

/** DEVARCH of ARMv8-M's units: Arm (0x23B), present, architecture identifier (ARMv8-M ARM, D1.2). */
const ARCHITECTURES = { scs: 0x47702a04, dwt: 0x47701a02, fpb: 0x47701a03, itm: 0x47701a01 } as const;

const wordsOf = (unit: Unit): Record<number, u32> =>
  unit === "itm" ? { [DEVARCH]: ARCHITECTURES.itm, [DEVTYPE]: 0x43 } : { [DEVARCH]: ARCHITECTURES[unit] };

/** ARMv8-M's components: one part number for all, DEVARCH and DEVTYPE say which is which. */
export const coresightComponents = (pid: u32, units: readonly Unit[]): readonly ComponentPage[] =>
  units.map((unit) => ({
    name: NAMES[unit],
    base: PAGES[unit],
    cid: CORESIGHT,
    pid,
    words: wordsOf(unit),
  }));

/** The ROM table at its usual place, with Arm's PIDR3..0. */
export const romTable = (pid: u32, base: u32 = 0xe00ff000): { base: u32; cid: u32; pid: u32 } => ({
  base,
  cid: ROM_TABLE,
  pid,
});
