import { type CpuProfile, isMain } from "../../../src/twin/cpu/profiles/profile.ts";
import { BIT_FIELDS, DATA, MEMORY, MULTIPLIES, NARROW, type Pattern, REGISTER_FORMS } from "./patterns.ts";
import { ARITHMETIC, TRANSFERS } from "./patterns-float.ts";
import { FAULTS, MAIN_SPECIAL, RESERVED, SPECIAL, SYSTEM, UNALIGNED, V6_WIDE } from "./patterns-system.ts";

type Group = readonly Pattern[];

/** What ARMv7-M adds: executed with the Main Extension, undefined without. */
const MAIN: readonly Group[] = [DATA, [...BIT_FIELDS, ...REGISTER_FORMS], MULTIPLIES, MEMORY, SYSTEM];

const FLOATING: readonly Group[] = [ARITHMETIC, TRANSFERS];

const FAULTY: Group = [...FAULTS, ...RESERVED];

/**
 * Groups of patterns that a core's vectors draw from; an instruction draws a group first, so that small groups count as
 * much as large ones. Every core gets what others have too, since that must be undefined.
 */
export function groupsOf(profile: CpuProfile): readonly Group[] {
  const special = [...SPECIAL, ...V6_WIDE];
  const fpu = profile.fpu !== "none";
  if (!isMain(profile))
    return [...Array.from({ length: 16 }, () => NARROW), special, special, FAULTY, [...MAIN, ...FLOATING].flat()];
  const main = fpu ? [...MAIN, ...FLOATING] : MAIN;
  const faulty = [...FAULTY, ...UNALIGNED, ...(fpu ? [] : FLOATING.flat())];
  return [...main, NARROW, NARROW, ...main, NARROW, NARROW, [...special, ...MAIN_SPECIAL], faulty];
}
