import type { u32 } from "../../../base/u32.ts";

/** The cores that the model knows; F marks the Cortex-M4 with FPU. */
export type CoreType = "M0" | "M0+" | "M3" | "M4" | "M4F" | "M7" | "M23" | "M33";

/** Which encodings exist: ARMv6-M, ARMv7-M, ARMv8-M Baseline, ARMv8-M Mainline. */
export type Architecture = "v6-M" | "v7-M" | "v8-M.base" | "v8-M.main";

/** The FPU: version and precision; every one has sixteen D registers. */
export type Fpu = "none" | "v4-single" | "v5-single" | "v5-double";

/** A CoreSight component: what its page at `base` says about itself. */
export interface ComponentPage {
  readonly name: string;
  readonly base: u32;
  /** CIDR3..0 as one word. */
  readonly cid: u32;
  /** PIDR3..0 as one word. */
  readonly pid: u32;
  /** PIDR4, with the designer's JEP106 bank; Arm's where absent. */
  readonly pidr4?: u32;
  /** Words by offset that read as other than 0. */
  readonly words: { readonly [offset: number]: u32 };
}

/** Breakpoint comparators: revision 1 matches below 0x20000000 by word and halfword, revision 2 any address. */
export interface FpbProfile {
  readonly rev: 1 | 2;
  readonly code: number;
  readonly literal: number;
}

/** Watchpoint comparators; `functions` says which of the two encodings FUNCTIONn has. */
export interface DwtProfile {
  readonly comparators: number;
  readonly functions: "v7" | "v8";
  /** DWT_CTRL's fixed bits: the count in 31:28, and what is left out in 27:24. */
  readonly control: u32;
}

/**
 * One Cortex-M core as data: what a program and a debugger can tell it by. A chip takes one of `CPU_PROFILES` and overrides
 * what its maker configured: interrupt lines, priority bits, revision, comparators.
 */
export interface CpuProfile {
  readonly type: CoreType;
  readonly architecture: Architecture;
  /** The DSP extension (ARMv7E-M; ARMv8-M Mainline's option). */
  readonly dsp: boolean;
  readonly fpu: Fpu;
  readonly cpuid: u32;
  /** MVFR0, MVFR1, MVFR2; empty without FPU. */
  readonly mvfr: readonly u32[];
  /** ID_PFR0 to ID_ISAR4, the words from 0xE000ED40 on; empty on ARMv6-M. */
  readonly features: readonly u32[];
  /** CLIDR, CTR and CCSIDR (data, instruction) of a core with caches, whose contents are not modelled; empty without. */
  readonly caches: readonly u32[];
  readonly fpb: FpbProfile;
  readonly dwt: DwtProfile;
  /** "v6": HardFault only, no status registers, every unaligned access faults; "v8" adds the stack limits' STKOF. */
  readonly faults: "v6" | "v7" | "v8";
  /** VTOR's implemented bits; 0: the register is absent. */
  readonly vtor: u32;
  /** CCR at reset, and its writable bits. */
  readonly ccr: { readonly reset: u32; readonly writable: u32 };
  readonly bitBand: boolean;
  /** MPU_TYPE.DREGION; its registers keep what is written and guard nothing. */
  readonly mpuRegions: number;
  /** Implemented bits of each priority byte, from bit 7 down. */
  readonly priorityBits: number;
  /** External interrupt lines. */
  readonly interruptLines: number;
  /**
   * ARMv8-M's Security Extension: absent, or present with everything Secure, as a firmware without TrustZone leaves it. No
   * Non-secure state is modelled.
   */
  readonly security: "absent" | "secure-only";
  /** The components that the core itself answers for: SCS, DWT, breakpoint unit, ITM. */
  readonly components: readonly ComponentPage[];
  /** The ROM table that lists them, and PIDR3..0 that Arm gives it; a chip's maker may put its own there, with PIDR4. */
  readonly romTable: { readonly base: u32; readonly cid: u32; readonly pid: u32; readonly pidr4?: u32 };
  /** The last character of a saved state's magic "1CM."; see `save-state.ts`. */
  readonly mark: string;
}

/** Whether the core has the ARMv7-M Main Extension: configurable faults, BASEPRI, FAULTMASK, IT, the whole Thumb-2. */
export const isMain = (profile: CpuProfile): boolean =>
  profile.architecture === "v7-M" || profile.architecture === "v8-M.main";

/** Whether the core is an ARMv8-M one. */
export const isV8 = (profile: CpuProfile): boolean => profile.architecture.startsWith("v8-M");
