import { genericComponents, romTable } from "./components.ts";
import type { CpuProfile } from "./profile.ts";

/** Cortex-M4 r0p1 without FPU (DDI 0439, table 4-1; ISAR0 and MMFR0 unsure), without MPU. */
export const M4: CpuProfile = {
  type: "M4",
  architecture: "v7-M",
  dsp: true,
  fpu: "none",
  cpuid: 0x410fc241,
  mvfr: [],
  features: [
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00100030, 0x00000000, 0x01000000, 0x00000000, 0x01141110,
    0x02112000, 0x21232231, 0x01111131, 0x01310132,
  ],
  caches: [],
  fpb: { rev: 1, code: 6, literal: 2 },
  dwt: { comparators: 4, functions: "v7", control: 0x40000000 },
  faults: "v7",
  vtor: 0xffffff80,
  ccr: { reset: 0x200, writable: 0x31b },
  bitBand: true,
  mpuRegions: 0,
  priorityBits: 4,
  interruptLines: 240,
  security: "absent",
  components: genericComponents({ scs: 0x000bb00c, dwt: 0x003bb002, fpb: 0x002bb003, itm: 0x003bb001 }),
  romTable: romTable(0x000bb4c4),
  mark: "n",
};

/** Cortex-M4 r0p1 with FPv4-SP (DDI 0439). */
export const M4F: CpuProfile = {
  ...M4,
  type: "M4F",
  fpu: "v4-single",
  mvfr: [0x10110021, 0x11000011, 0x00000000],
  mark: "4",
};

/** Cortex-M3 r2p1 (DDI 0337): no DSP extension, no FPU; an MPU is the chip's choice. */
export const M3: CpuProfile = {
  ...M4,
  type: "M3",
  dsp: false,
  cpuid: 0x412fc231,
  features: [
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00000030, 0x00000000, 0x00000000, 0x00000000, 0x01141110,
    0x02111000, 0x21112231, 0x01111110, 0x01310132,
  ],
  ccr: { reset: 0x200, writable: 0x31b },
  components: genericComponents({ scs: 0x000bb000, dwt: 0x003bb002, fpb: 0x002bb003, itm: 0x003bb001 }),
  romTable: romTable(0x000bb4c3),
  mark: "3",
};

/**
 * Cortex-M7 r1p2 with double precision (DDI 0489): FPB revision 2, no bit-band, caches of 16 KB whose contents are not
 * modelled. PIDRs as debuggers print them for such chips; the cache sizes are a chip's choice (unsure).
 */
export const M7: CpuProfile = {
  ...M4,
  type: "M7",
  fpu: "v5-double",
  cpuid: 0x411fc272,
  mvfr: [0x10110221, 0x12000011, 0x00000040],
  features: [
    0x00000030, 0x00000200, 0x00100000, 0x00000000, 0x00100030, 0x00000000, 0x01000000, 0x00000000, 0x01101110,
    0x02112000, 0x20232231, 0x01111131, 0x01310132,
  ],
  caches: [0x09000003, 0x8303c003, 0xf00fe019, 0xf01fe009],
  fpb: { rev: 2, code: 8, literal: 0 },
  // IC, DC and BP (18:16) join the bits of the M4; STKALIGN reads as 1.
  ccr: { reset: 0x00040200, writable: 0x0003011b },
  bitBand: false,
  mpuRegions: 8,
  components: genericComponents({ scs: 0x000bb00c, dwt: 0x000bb002, fpb: 0x000bb00e, itm: 0x000bb001 }),
  romTable: romTable(0x000bb4c7),
  mark: "7",
};
