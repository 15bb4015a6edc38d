/** Offsets in the last kilobyte of every component's 4 KB (ADIv5.2 (IHI 0031F), D1.2; CoreSight (IHI 0029E), B2). */
export const COMPONENT = {
  DEVARCH: 0xfbc,
  DEVID: 0xfc8,
  DEVTYPE: 0xfcc,
  /** PIDR4-7, then PIDR0-3, then CIDR0-3: twelve words, one byte of each used. */
  PIDR4: 0xfd0,
} as const;

/** Component classes in CIDR1[7:4] (ADIv5.2 (IHI 0031F), D1.2.1). */
export const COMPONENT_CLASS = { romTable: 0x1, coreSight: 0x9, generic: 0xe } as const;

/** One entry of a ROM table: where the component lies, relative to the table (ADIv5.2 (IHI 0031F), D2.2.1). */
export const ROM_ENTRY = { offset: 0xfffff000, format: 0x2, present: 0x1 } as const;

/**
 * ARM's parts by the part number in PIDR1:PIDR0 (component lists of logs; parts that no log shows are named after their
 * TRM and are (unsure)). 0x000 and 0x00C are the SCS of Cortex-M3 and M4; the Commander has J-Link's own names for them.
 */
export const ARM_PARTS: { readonly [part: number]: string } = {
  0: "SCS",
  1: "ITM",
  2: "DWT",
  3: "FPB",
  8: "SCS-M0",
  10: "DWT-M0",
  11: "FPB-M0",
  12: "SCS",
  14: "FPB-M7",
  2310: "CTI",
  2311: "ETB",
  2312: "CSTF",
  2320: "ETM",
  2322: "TPIU",
  2323: "ITM",
  2324: "SWO",
  2339: "TPIU",
  2340: "ETM",
  2341: "ETM",
  2401: "TMC",
  2421: "ETM-M7",
  2465: "TPIU",
  2473: "TPIU-M7",
};

/** JEP106 code of ARM: continuation 4 in bits 10:7, identity 0x3B in bits 6:0. */
export const DESIGNER_ARM = (4 << 7) | 0x3b;
