import { type CpuProfile, isMain, isV8 } from "../../../src/twin/cpu/profiles/profile.ts";
import { BIT_FIELDS, DATA, MEMORY, MULTIPLIES, NARROW, type Pattern, REGISTER_FORMS } from "./patterns.ts";
import { ARITHMETIC, DOUBLE, FPV5, TRANSFERS } from "./patterns-float.ts";
import { FAULTS, MAIN_SPECIAL, RESERVED, SPECIAL, SYSTEM, UNALIGNED, V6_WIDE, V8, V8_BASE } from "./patterns-system.ts";

type Group = readonly Pattern[];

/** What ARMv7-M adds: executed with the Main Extension, undefined without. */
const MAIN: readonly Group[] = [DATA, [...BIT_FIELDS, ...REGISTER_FORMS], MULTIPLIES, MEMORY, SYSTEM];

const FAULTY: Group = [...FAULTS, ...RESERVED];

/** What an FPU executes; the rest of these must be undefined. */
function floating({ fpu }: CpuProfile): readonly Group[] {
  if (fpu === "none") return [];
  if (fpu === "v4-single") return [ARITHMETIC, TRANSFERS];
  return fpu === "v5-single" ? [ARITHMETIC, TRANSFERS, FPV5] : [ARITHMETIC, TRANSFERS, FPV5, DOUBLE, DOUBLE, DOUBLE];
}

/**
 * Groups of patterns that a core's vectors draw from; an instruction draws a group first, so that small groups count as
 * much as large ones. Every core gets what others have too, since that must be undefined.
 */
export function groupsOf(profile: CpuProfile): readonly Group[] {
  const special = [...SPECIAL, ...V6_WIDE];
  if (profile.architecture === "v8-M.base") return [NARROW, NARROW, NARROW, special, V8_BASE];
  const foreign = [ARITHMETIC, TRANSFERS, FPV5, DOUBLE].flat();
  if (!isMain(profile)) {
    return [...Array.from({ length: 16 }, () => NARROW), special, special, FAULTY, [...MAIN.flat(), ...foreign]];
  }
  const v8 = isV8(profile) ? [V8] : [];
  const main = [...MAIN, ...floating(profile), ...v8, NARROW, NARROW];
  return [...main, ...main, [...special, ...MAIN_SPECIAL], [...FAULTY, ...UNALIGNED, ...foreign]];
}
