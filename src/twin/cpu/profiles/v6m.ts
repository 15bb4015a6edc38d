import { genericComponents, romTable } from "./components.ts";
import type { CpuProfile } from "./profile.ts";

/** Cortex-M0 r0p0 (DDI 0432): no VTOR, no MPU, two priority bits, 32 lines. */
export const M0: CpuProfile = {
  type: "M0",
  architecture: "v6-M",
  dsp: false,
  fpu: "none",
  cpuid: 0x410cc200,
  mvfr: [],
  features: [],
  caches: [],
  fpb: { rev: 1, code: 4, literal: 0 },
  dwt: { comparators: 2, functions: "v7", control: 0x20000000 },
  faults: "v6",
  vtor: 0,
  // STKALIGN and UNALIGN_TRP, both read-only (ARMv6-M ARM B3.2.8).
  ccr: { reset: 0x208, writable: 0 },
  bitBand: false,
  mpuRegions: 0,
  priorityBits: 2,
  interruptLines: 32,
  security: "absent",
  components: genericComponents({ scs: 0x000bb008, dwt: 0x000bb00a, fpb: 0x000bb00b }),
  romTable: romTable(0x000bb471),
  mark: "0",
};

/** Cortex-M0+ r0p1 (DDI 0484), with VTOR and unprivileged mode; an MPU is the chip's choice. */
export const M0_PLUS: CpuProfile = {
  ...M0,
  type: "M0+",
  cpuid: 0x410cc601,
  vtor: 0xffffff00,
  romTable: romTable(0x000bb4c0),
  mark: "p",
};
