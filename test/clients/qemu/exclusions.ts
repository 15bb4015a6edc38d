import type { CpuProfile } from "../../../src/twin/cpu/profiles/profile.ts";

/*
 * What QEMU 7.2 cannot judge, each with the manual that says otherwise; docs/twin.md lists the same, and unit tests hold the
 * twin to the manuals there.
 */

/** Instructions of the DSP extension that QEMU's Cortex-M3 executes; ARMv7-M without it has them undefined (A4.4.3). */
function laxDsp(hw1: number, hw2: number): boolean {
  const row = hw1 >> 4;
  if (row === 0xf32 || row === 0xf3a) return (hw2 & 0x70c0) === 0;
  if (row === 0xfa0 || row === 0xfa1 || row === 0xfa4 || row === 0xfa5) return (hw1 & 15) !== 15;
  if (row === 0xfbc || row === 0xfbd) return (hw2 & 0x80) !== 0;
  return row === 0xfb2 || row === 0xfb3 || row === 0xfb4 || row === 0xfb7;
}

/** Instructions that no vector has under an IT: SG, whose place there is UNPREDICTABLE (QEMU executes it always). */
export const isOutsideIt = ([hw1, hw2]: readonly number[]): boolean => hw1 === 0xe97f && hw2 === 0xe97f;

/** Whether QEMU is wrong about an instruction on this core. */
export const isExcluded = ({ dsp }: CpuProfile, [hw1, hw2]: readonly number[]): boolean =>
  !dsp && hw1 !== undefined && hw2 !== undefined && laxDsp(hw1, hw2);
