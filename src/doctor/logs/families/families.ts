/** Families of chips whose locks and protections differ; `kinetis` are those with security bytes at 0x400. */
export type FamilyId =
  | "kinetis"
  | "kinetis-ke0"
  | "s32k1"
  | "stm32"
  | "gd32"
  | "nrf51"
  | "nrf"
  | "lpc"
  | "lpc55"
  | "sam-d"
  | "sam"
  | "efm32"
  | "mspm0"
  | "imxrt"
  | "rp2"
  | "esp32";

/** One row: chips by the names that tools give them, and what all of them have in common. */
export interface FamilyRow {
  readonly id: FamilyId;
  /** Vendors' names, and the target names of OpenOCD's and pyOCD's configurations. */
  readonly names: RegExp;
  /** The core as tools print it, where every chip of the row has this one; a core that was asked about decides nothing. */
  readonly core?: RegExp;
  /** SWD debug port IDs, where every chip of the row has one of these. */
  readonly dpIds?: readonly number[];
}

const M0 = /^Cortex-M0/;
const M3 = /^Cortex-M3$/;
const M4 = /^Cortex-M4F?$/;
const M7 = /^Cortex-M7$/;
const M33 = /^Cortex-M33$/;

/**
 * Rows from the narrowest to the widest: the first that fits counts. A name that none fits says nothing about core,
 * debug port or family. Cores and families are those of the vendors' data sheets; debug port IDs are listed where
 * public logs of the row all show the same.
 */
export const FAMILY_ROWS: readonly FamilyRow[] = [
  {
    id: "kinetis",
    names: /^(P?MK[1-8]\d[DF][NXA]\w+|kx(\.cpu)?$|k[2-8]\d[df]?\w*\.cpu|k64f$|k22f$|k66f18$)/i,
    core: M4,
    dpIds: [0x2ba01477],
  },
  {
    id: "kinetis",
    names: /^(P?MKL[0-4]\dZ\w+|klx(\.cpu)?$|kl\d\dz(\.cpu)?$|K?kl25z$)/i,
    core: M0,
    dpIds: [0x0bc11477],
  },
  { id: "kinetis-ke0", names: /^(S9KEA|P?MKE0[246]Z)/i, core: M0 },
  { id: "kinetis", names: /^P?MKE1[456]Z/i, core: M0 },
  { id: "kinetis", names: /^P?MKE1[468]F/i, core: M4 },
  { id: "kinetis", names: /^(K32L2B|K32L2A|P?MKW[34][0-9]|P?MKV1\d|P?MKM[13]\d)/i, core: M0 },
  {
    id: "kinetis",
    names:
      /^(K32L3A|P?MKW2\d|P?MKV[34]\d|P?MKS2\d|P?MK[LVWMES]?\d\d|K(10|20|22|24|26|28|40|60|61|64|65|66|70|80|81|82)\D)/i,
  },
  { id: "s32k1", names: /^(F?S32K11\d|s32k11)/i, core: M0 },
  { id: "s32k1", names: /^(F?S32K14\d|F?S32K142W|s32k14)/i, core: M4 },
  { id: "stm32", names: /^stm32(f0|l0|g0|c0|u0|wb0)/i, core: M0 },
  { id: "stm32", names: /^stm32(f1|f2|l1|w1)/i, core: M3 },
  { id: "stm32", names: /^stm32(f3|f4|g4|l4)/i, core: M4 },
  { id: "stm32", names: /^stm32f7/i, core: M7 },
  { id: "stm32", names: /^stm32(l5|u5|h5|wba)/i, core: M33 },
  { id: "stm32", names: /^stm32/i },
  { id: "gd32", names: /^gd32/i },
  { id: "nrf51", names: /^nrf51/i, core: M0 },
  { id: "nrf", names: /^nrf52/i, core: M4 },
  { id: "nrf", names: /^nrf(53|54l|91)/i, core: M33 },
  { id: "nrf", names: /^nrf/i },
  { id: "lpc55", names: /^lpc55/i, core: M33 },
  { id: "lpc", names: /^lpc(8|11)/i, core: M0 },
  { id: "lpc", names: /^lpc1[378]/i, core: M3 },
  { id: "lpc", names: /^lpc/i },
  { id: "sam-d", names: /^(at)?sam(d[012]|c2|l[12]|r2|da1|d09|d1\d)/i, core: M0 },
  { id: "sam-d", names: /^(at)?sam(d5|e5)/i, core: M4 },
  { id: "sam-d", names: /^at91samd/i },
  { id: "sam", names: /^(at)?(91)?sam(3)/i, core: M3 },
  { id: "sam", names: /^(at)?(91)?sam(4|g5)/i, core: M4 },
  { id: "sam", names: /^(at)?sam[esv]7/i, core: M7 },
  { id: "sam", names: /^at(91)?sam/i },
  { id: "efm32", names: /^(efm32|efr32|ezr32|mgm|bgm|efm8|sim3)/i },
  { id: "mspm0", names: /^mspm0/i, core: M0 },
  { id: "imxrt", names: /^(p?mimxrt|imxrt|cy?_?rt1)/i },
  { id: "rp2", names: /^(rp2040|rp2350|rp235)/i },
  { id: "esp32", names: /^esp32/i },
];
