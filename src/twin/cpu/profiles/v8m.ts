import { coresightComponents, romTable } from "./components.ts";
import type { CpuProfile } from "./profile.ts";

/**
 * Cortex-M33 r0p4 (DDI 100230) with DSP and FPv5-SP, and the Security Extension left alone: everything is Secure. The
 * feature registers are r0p3's of QEMU.
 */
export const M33: CpuProfile = {
  type: "M33",
  architecture: "v8-M.main",
  dsp: true,
  fpu: "v5-single",
  cpuid: 0x410fd214,
  mvfr: [0x10110021, 0x11000011, 0x00000040],
  features: [
    0x00000030, 0x00000210, 0x00200000, 0x00000000, 0x00101f40, 0x00000000, 0x01000000, 0x00000000, 0x01101110,
    0x02212000, 0x20232232, 0x01111131, 0x01310132,
  ],
  caches: [],
  fpb: { rev: 2, code: 8, literal: 0 },
  dwt: { comparators: 4, functions: "v8", control: 0x40000000 },
  faults: "v8",
  vtor: 0xffffff80,
  // STKALIGN and NONBASETHRDENA read as 1; STKOFHFNMIGN is bit 10.
  ccr: { reset: 0x201, writable: 0x51a },
  bitBand: false,
  mpuRegions: 8,
  priorityBits: 3,
  interruptLines: 240,
  security: "secure-only",
  components: coresightComponents(0x000bbd21, ["scs", "dwt", "fpb", "itm"]),
  romTable: romTable(0x000bb4c9),
  mark: "t",
};

/** Cortex-M23 r1p0 (DDI 0550) without the Security Extension; no reference model has judged it (unsure). */
export const M23: CpuProfile = {
  ...M33,
  type: "M23",
  architecture: "v8-M.base",
  dsp: false,
  fpu: "none",
  cpuid: 0x411cd200,
  mvfr: [],
  features: [
    0x00000030, 0x00000200, 0x00200000, 0x00000000, 0x00101f40, 0x00000000, 0x01000000, 0x00000000, 0x01101110,
    0x02212000, 0x20112110, 0x01111131, 0x01310132,
  ],
  fpb: { rev: 2, code: 4, literal: 0 },
  // No trace packets, external triggers, cycle counter or profiling counters.
  dwt: { comparators: 4, functions: "v8", control: 0x4f000000 },
  faults: "v6",
  ccr: { reset: 0x209, writable: 0 },
  priorityBits: 2,
  security: "absent",
  components: coresightComponents(0x000bbd20, ["scs", "dwt", "fpb"]),
  romTable: romTable(0x000bb4cb),
  mark: "b",
};
