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
  0x000: "SCS",
  0x001: "ITM",
  0x002: "DWT",
  0x003: "FPB",
  0x008: "SCS-M0",
  0x00a: "DWT-M0",
  0x00b: "FPB-M0",
  0x00c: "SCS",
  0x00e: "FPB-M7",
  0x906: "CTI",
  0x907: "ETB",
  0x908: "CSTF",
  0x910: "ETM",
  0x912: "TPIU",
  0x913: "ITM",
  0x914: "SWO",
  0x923: "TPIU",
  0x924: "ETM",
  0x925: "ETM",
  0x961: "TMC",
  0x975: "ETM-M7",
  0x9a1: "TPIU",
  0x9a9: "TPIU-M7",
};

/** JEP106 code of ARM: continuation 4 in bits 10:7, identity 0x3B in bits 6:0. */
export const DESIGNER_ARM = (4 << 7) | 0x3b;
