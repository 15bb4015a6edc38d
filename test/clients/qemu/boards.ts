import type { CpuProfile } from "../../../src/twin/cpu/profiles/profile.ts";
import { M0 } from "../../../src/twin/cpu/profiles/v6m.ts";
import { M3, M4F, M7 } from "../../../src/twin/cpu/profiles/v7m.ts";
import { M23, M33 } from "../../../src/twin/cpu/profiles/v8m.ts";

/** A machine of QEMU 7.2 and the profile that it judges. */
export interface JudgeBoard {
  readonly machine: string;
  readonly profile: CpuProfile;
  /** What gcc wants for the harness and the programs. */
  readonly flags: readonly string[];
  /** Where the machine's vectors are. */
  readonly code: number;
  /** The machine's core has more than the profile: only vectors that end in their SVC count. */
  readonly subset?: boolean;
}

/** QEMU's machines with the Main Extension have all eight priority bits. */
const configured = (profile: CpuProfile): CpuProfile => ({ ...profile, priorityBits: 8 });

/** One for each core that QEMU knows. A Cortex-M0+ is judged as M0, a Cortex-M23 by what it shares with the M33. */
export const BOARDS = {
  M0: { machine: "microbit", profile: M0, flags: ["-mcpu=cortex-m0"], code: 0 },
  M3: { machine: "mps2-an385", profile: configured(M3), flags: ["-mcpu=cortex-m3", "-DMAIN"], code: 0 },
  M4F: {
    machine: "mps2-an386",
    profile: configured(M4F),
    flags: ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-DMAIN", "-DFPU"],
    code: 0,
  },
  M7: {
    machine: "mps2-an500",
    profile: configured(M7),
    flags: ["-mcpu=cortex-m7", "-mfloat-abi=hard", "-mfpu=fpv5-d16", "-DMAIN", "-DFPU"],
    code: 0,
  },
  M33: {
    machine: "mps2-an505",
    profile: configured(M33),
    flags: ["-mcpu=cortex-m33", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16", "-DMAIN", "-DFPU", "-DLIMITS"],
    code: 0x10000000,
  },
  M23: {
    machine: "mps2-an505",
    profile: M23,
    flags: ["-mcpu=cortex-m33", "-mfloat-abi=hard", "-mfpu=fpv5-sp-d16", "-DMAIN", "-DFPU", "-DLIMITS", "-DTRAP"],
    code: 0x10000000,
    subset: true,
  },
} as const satisfies Readonly<Record<string, JudgeBoard>>;

/** A board's name, which is its core's. */
export type BoardName = keyof typeof BOARDS;
